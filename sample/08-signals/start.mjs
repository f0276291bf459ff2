/**
 * Starts the sample without Docker: the application, which makes its own traffic, and a Prometheus
 * (Debian: `apt-get install prometheus`) with the rules that are made from its endpoint. Ends all of
 * them with Ctrl+C. PORT and PROMETHEUS_PORT move them; BROWSER=none opens none.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grafanaDashboard, prometheusRules } from 'nestjs-prometheus-exporter/dashboard';

const here = import.meta.dirname;
const root = join(here, '../..');
const generated = join(here, 'generated');
const { PORT: port = '3000', PROMETHEUS_PORT: prometheusPort = '9090' } = process.env;
const endpoint = `http://localhost:${port}/metrics`;
const children = [];

const application = start(process.execPath, [join(root, 'build/sample/08-signals/main.js')]);
await answered(endpoint);

mkdirSync(generated, { recursive: true });
writeFileSync(join(generated, 'rules.yml'), String(await prometheusRules({ from: endpoint })));
const dashboard = await grafanaDashboard({ from: endpoint, title: 'Shop' });
writeFileSync(join(generated, 'dashboard.json'), JSON.stringify(dashboard, null, 2));
console.log(`Made ${join(generated, 'rules.yml')} and dashboard.json, which Grafana imports.`);

const data = mkdtempSync(join(tmpdir(), 'signals-'));
const config = readFileSync(join(here, 'prometheus.yml'), 'utf8');
writeFileSync(join(data, 'prometheus.yml'), config.replace('localhost:3000', `localhost:${port}`));
copyFileSync(join(generated, 'rules.yml'), join(data, 'rules.yml'));
const prometheus = start('prometheus', [
  `--config.file=${join(data, 'prometheus.yml')}`,
  `--storage.tsdb.path=${join(data, 'data')}`,
  `--web.listen-address=127.0.0.1:${prometheusPort}`,
  '--log.level=error',
]);
prometheus.on('error', () =>
  console.warn('There is no `prometheus` here: the live page needs none.'),
);
console.log(`Prometheus and its alerts: http://localhost:${prometheusPort}/alerts`);
if (process.env.BROWSER !== 'none') openBrowser(`${endpoint}/live`);

application.on('exit', end);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end);

/** @param {string} command @param {string[]} args */
function start(command, args) {
  const child = spawn(command, args, { stdio: 'inherit' });
  children.push(child);
  return child;
}

function end() {
  for (const child of children) child.kill('SIGTERM');
  rmSync(data, { recursive: true, force: true });
  process.exit();
}

/** @param {string} url */
async function answered(url) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

/** @param {string} url */
function openBrowser(url) {
  const command = { darwin: 'open', win32: 'explorer' }[process.platform] ?? 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true }).on('error', () => undefined);
}
