import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run } from '../../../lib/dashboard/command-line.js';

const EXPOSITION = `# HELP shop_exporter_info The library.
# TYPE shop_exporter_info gauge
shop_exporter_info{version="0.1.0"} 1
# TYPE shop_http_request_total counter
shop_http_request_total{method="GET",status="200",zone="a"} 3
# TYPE shop_http_request_duration_seconds histogram
shop_http_request_duration_seconds_bucket{method="GET",route="/",status="200",zone="a",le="0.2"} 1
shop_http_request_duration_seconds_bucket{method="GET",route="/",status="200",zone="a",le="0.8"} 2
shop_http_request_duration_seconds_bucket{method="GET",route="/",status="200",zone="a",le="+Inf"} 3
shop_http_request_duration_seconds_sum{method="GET",route="/",status="200",zone="a"} 3
shop_http_request_duration_seconds_count{method="GET",route="/",status="200",zone="a"} 3
# HELP orders_total Orders that were placed.
# TYPE orders_total counter
orders_total{tier="gold \\" } 1"} 2
# HELP basket_bytes Size of baskets.
# TYPE basket_bytes gauge
basket_bytes 7
`;

describe('the command line', () => {
  it.each([['--help'], ['dashboard', '--help'], ['rules', '--help'], ['help']])(
    '%j helps',
    async (...args) => {
      const { status, output } = await run(args);
      expect(status).toBe(0);
      for (const flag of [
        '--prefix',
        '--group-by',
        '--from',
        '--native',
        '--title',
        '--slo',
        '--latency',
        '--config',
        '--tests',
      ]) {
        expect(output).toContain(flag);
      }
    },
  );

  it.each<[string[], RegExp]>([
    [[], /command is missing/],
    [['draw'], /`command` expects `dashboard` or `rules`, got 'draw'/],
    [['dashboard', '--slo', '99'], /Unknown option '--slo'/],
    [['dashboard', 'more'], /Unexpected argument 'more'/],
    [['rules', '--slo', 'high'], /`slo` expects a number, got 'high'/],
    [['rules', '--slo', ''], /`slo` expects a number/],
    [['rules', '--latency', '0.3'], /nearest are 0\.25 and 0\.5/],
    [['rules', '--latency'], /argument missing/],
    [['dashboard', '--group-by', 'a-b'], /`group-by` expects the name of a label/],
    [['dashboard', '--title', ''], /`title` expects a text/],
    [['rules', '--config', '/nowhere.json'], /`config` expects a file of JSON/],
  ])('%j is wrong, in one line', async (args, message) => {
    const { status, output, error } = await run(args);
    expect([status, output]).toEqual([2, '']);
    expect(error).toMatch(message);
    expect(error.trim()).not.toContain('\n');
  });

  it('prints what the flags ask for, the same each time', async () => {
    const args = [
      'dashboard',
      '--prefix',
      '',
      '--group-by',
      'route',
      '--native',
      '--title',
      'Shop',
    ];
    const first = await run(args);
    const { title, panels } = JSON.parse(first.output) as { title: string; panels: unknown[] };
    expect(title).toBe('Shop');
    expect(JSON.stringify(panels)).toContain('rate(http_request_total{');
    expect(await run(args)).toEqual(first);
    const rules = await run(['rules', '--prefix', 'shop', '--slo', '99']);
    expect(rules.output).toContain('job:shop_http_request:errors_ratio_rate1h > 0.144');
    const tests = await run(['rules', '--tests']);
    expect(parse(tests.output)).toMatchObject({ rule_files: ['rules.yml'] });
  });

  it('reads objectives from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      const file = join(folder, 'objectives.json');
      writeFileSync(
        file,
        JSON.stringify({ objectives: [{ name: 'Pay', route: '/pay', availability: 99 }] }),
      );
      const { output } = await run(['rules', '--config', file]);
      expect(output).toContain('job:objective_pay:errors_ratio_rate1h');
      writeFileSync(file, JSON.stringify({ objective: [] }));
      expect(await run(['rules', '--config', file])).toMatchObject({ status: 2 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('an endpoint', () => {
  let server: Server;
  let address: string;
  const seen: (string | undefined)[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/metrics') response.end(EXPOSITION);
      else if (request.url === '/page') response.end('<html>');
      else response.writeHead(401).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('tells prefix, group and metrics of the application', async () => {
    const { output, status } = await run(['dashboard', '--from', `http://${address}/metrics`]);
    expect(status).toBe(0);
    expect(output).toContain('shop_http_request_total');
    expect(output).toContain('route=~\\"$route\\"');
    const { panels } = JSON.parse(output) as { panels: { title: string; description?: string }[] };
    expect(panels.find(({ title }) => title === 'orders_total')?.description).toBe(
      'Orders that were placed.',
    );
    expect(output).toContain('sum by (tier) (rate(orders_total{');
    expect(panels.some(({ title }) => title === 'basket_bytes')).toBe(true);
  });

  it('tells the bucket bounds: the next one is the latency', async () => {
    const { output } = await run(['rules', '--from', `http://${address}/metrics`]);
    expect(output).toContain('le=\\"0.8\\"');
    const refused = await run(['rules', '--from', `http://${address}/metrics`, '--latency', '0.5']);
    expect(refused).toMatchObject({
      status: 2,
      error: expect.stringContaining('0.2 and 0.8') as string,
    });
  });

  it('is asked with the credentials of its address, which nothing repeats', async () => {
    const { output } = await run([
      'dashboard',
      '--from',
      `http://user:s%C3%A9cret@${address}/metrics`,
    ]);
    expect(output).not.toContain('cret');
    expect(seen.at(-1)).toBe(`Basic ${Buffer.from('user:sécret').toString('base64')}`);
    const failed = await run(['dashboard', '--from', `http://user:secret@${address}/nowhere`]);
    expect(failed.status).toBe(1);
    expect(failed.error).toBe(`http://${address}/nowhere answers with status 401\n`);
  });

  it.each<[string, RegExp]>([
    ['/page', /answers without the metrics/],
    ['/nowhere', /answers with status 401/],
  ])('%s is none', async (path, message) => {
    const { status, error } = await run(['rules', '--from', `http://${address}${path}`]);
    expect(status).toBe(1);
    expect(error).toMatch(message);
  });

  it.each(['http://127.0.0.1:1/metrics', 'localhost', 'file:///etc/passwd'])(
    '%s is none, either',
    async (from) => {
      const { status, error } = await run(['rules', '--from', from]);
      expect(status).toBe(1);
      expect(error.trim()).not.toContain('\n');
    },
  );
});
