import { eventually } from '../../support/eventually.js';
import {
  bucketsOfSpans,
  millisecondsOf,
  readProtobuf,
  type ReadHistogram,
  type ReadMetric,
} from '../../support/read-protobuf.js';
import { Processes, sendRequests } from './support/processes.js';

let processes: Processes;
beforeEach(() => {
  processes = new Processes();
});
afterEach(() => processes.close());

const PROTOBUF =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

function isHello({ label }: ReadMetric): boolean {
  return label.some(({ value }) => value === '/hello');
}

/** The durations of `GET /hello`. */
async function durations(port: unknown): Promise<ReadHistogram> {
  const url = `http://127.0.0.1:${String(port)}/metrics`;
  const response = await fetch(url, { headers: { accept: PROTOBUF } });
  const families = readProtobuf(new Uint8Array(await response.arrayBuffer()));
  const family = families.find(({ name }) => name === 'nestjs_http_request_duration_seconds');
  const found = family?.metric.find(isHello)?.histogram;
  if (found === undefined) throw new Error('there is none yet');
  return found;
}

function counted({ positiveSpan, positiveDelta }: ReadHistogram): number {
  return [...bucketsOfSpans(positiveSpan, positiveDelta).values()].reduce((a, b) => a + b, 0);
}

async function expectEventually(port: unknown, count: number, schema: number): Promise<number> {
  return eventually(async () => {
    const found = await durations(port);
    expect([found.sampleCount, counted(found), found.schema]).toEqual([count, count, schema]);
    expect(found.bucket.at(-1)?.cumulativeCount).toBe(count);
    return millisecondsOf(found.createdTimestamp ?? {});
  }, 20_000);
}

it('are shown together, at the coarsest resolution, also when their processes have ended', async () => {
  const server = await processes.start('server');
  const { port } = await server.ready;
  const fine = await processes.start('app', { BUCKET_FACTOR: '1.1' });
  let count = await sendRequests((await fine.ready)['port'], 12);
  const startedAt = await expectEventually(port, count, 3);
  const coarse = await processes.start('app', { BUCKET_FACTOR: '2' });
  count += await sendRequests((await coarse.ready)['port'], 9);
  const ports = [port, (await fine.ready)['port'], (await coarse.ready)['port']];
  for (const each of ports) expect(await expectEventually(each, count, 0)).toBe(startedAt);

  await fine.end('SIGKILL');
  expect(await expectEventually(port, count, 0)).toBe(startedAt);
  // By then it was put together with others.
  await eventually(() =>
    expect(processes.files().some((name) => name.startsWith('fold'))).toBe(true),
  );
  expect(await expectEventually(port, count, 0)).toBe(startedAt);

  count += await sendRequests((await coarse.ready)['port'], 5);
  await coarse.ask('close');
  expect(await expectEventually(port, count, 0)).toBe(startedAt);
  const next = await processes.start('app', { BUCKET_FACTOR: '1.1' });
  count += await sendRequests((await next.ready)['port'], 4);
  expect(await expectEventually(port, count, 0)).toBe(startedAt);
}, 60_000);
