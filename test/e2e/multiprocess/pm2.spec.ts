import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../support/eventually.js';
import { expectEventually, Processes, scrapePort, sendRequests } from './support/processes.js';
import { freePort } from '../../support/free-port.js';

const PM2 = createRequire(import.meta.url).resolve('pm2/bin/pm2');
const TOTAL = 'nestjs_http_request_total';
const OK = { method: 'GET', status: '200' };

describe('PM2 in cluster mode', () => {
  let processes: Processes;
  let home: string;

  beforeEach(() => {
    processes = new Processes();
    home = mkdtempSync(join(tmpdir(), 'multiprocess-test-pm2-'));
  });

  afterEach(async () => {
    await pm2('kill');
    await processes.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }, 30_000);

  it('one instance serves the metrics of all, and a reload loses nothing', async () => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    const apps = [
      {
        name: 'app',
        script: processes.fixture('app'),
        exec_mode: 'cluster',
        instances: 2,
        env: {
          PORT: String(port),
          METRICS_PORT: String(metricsPort),
          SHUTDOWN_HOOKS: '1',
          PROMETHEUS_MULTIPROC_DIR: processes.directory,
        },
      },
    ];
    const config = join(home, 'ecosystem.config.json');
    writeFileSync(config, JSON.stringify({ apps }));
    await pm2('start', config);
    await expectProcesses(metricsPort, 2);

    let answered = await sendRequests(port, 20);
    await expectEventually(metricsPort, TOTAL, OK, answered);
    await pm2('reload', 'app');
    await expectProcesses(metricsPort, 2);
    await eventually(async () => {
      const seen = await scrapePort(metricsPort);
      expect(seen.value('nestjs_exporter_processes', { state: 'dead' })).toBe(2);
      expect(seen.value(TOTAL, OK)).toBe(answered);
    }, 20_000);
    answered += await sendRequests(port, 20);
    await expectEventually(metricsPort, TOTAL, OK, answered);
    expect(processes.files()).toHaveLength(3);
  }, 90_000);

  async function pm2(...args: string[]): Promise<void> {
    // Of its own, so that no PM2 of this machine is touched, and nothing is asked on the network.
    const env = { ...processes.env(), PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' };
    await promisify(execFile)(process.execPath, [PM2, ...args, '--silent'], { env });
  }
});

function expectProcesses(port: number, count: number): Promise<void> {
  return expectEventually(port, 'nestjs_exporter_processes', { state: 'live' }, count);
}
