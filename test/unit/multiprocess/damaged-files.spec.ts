import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { parseFileName } from '../../../lib/multiprocess/files/identity.js';
import { SharedDirectory, type Member } from './support.js';

// Corrupt, truncated, foreign or left-over files in the shared directory are ignored,
// counted, and logged once.

let shared: SharedDirectory;
let member: Member;

beforeEach(async () => {
  shared = new SharedDirectory();
  member = await counting(1);
});
afterEach(() => shared.remove());

async function counting(by: number): Promise<Member> {
  const added = shared.member();
  added
    .use(new CounterMetric({ name: 'c_total', help: 'c' }))
    .labels([])
    .inc(by);
  const histogram = new HistogramMetric({ name: 'h', help: 'h', buckets: [1, 2, 3] });
  added.use(histogram).labels([]).observe(by);
  await added.writer.flush();
  return added;
}

const sums = async (): Promise<(number | undefined)[]> => {
  const seen = await shared.scrape();
  return [seen.value('c_total', {}), seen.value('h_sum', {}), seen.value('h_count', {})];
};

/** A file that looks like that of a process which is alive. */
function writeAsProcess(bytes: Uint8Array | string, start?: string): string {
  const {
    pid,
    host,
    start: own,
  } = parseFileName(member.fileName) as {
    pid: number;
    host: string;
    start: string;
  };
  const name = `${pid}-${host}-${start ?? own}-00000000.metrics`;
  writeFileSync(join(shared.path, name), bytes);
  return name;
}

const bytesOf = ({ fileName }: Member): Buffer => readFileSync(join(shared.path, fileName));

async function expectLeftOut(name: string): Promise<void> {
  for (let i = 0; i < 3; i++) expect(await sums()).toEqual([1, 1, 1]);
  expect(shared.counted).toEqual(['file']);
  expect(shared.warnings).toEqual([expect.stringContaining(name)]);
}

it.each([
  ['an empty file', ''],
  ['a text', 'not a metric\n'.repeat(500)],
  ['zeros', new Uint8Array(10_000)],
  ['noise', Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 251)],
])('leaves out %s', async (_, bytes) => {
  await expectLeftOut(writeAsProcess(bytes));
});

it('leaves out a file that was cut at any place', async () => {
  const whole = bytesOf(await counting(1));
  for (let length = 0; length < whole.length; length += Math.ceil(whole.length / 50)) {
    writeAsProcess(whole.subarray(0, length));
    const [sum] = await sums();
    // Whole, cut behind what it needs, or left out.
    expect([2, 3]).toContain(sum);
  }
  expect(new Set(shared.counted)).toEqual(new Set(['file']));
});

it('never shows a number from a damaged file, whichever byte is wrong', async () => {
  const whole = bytesOf(await counting(1));
  for (let place = 0; place < whole.length; place += 11) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8((damaged.readUInt8(place) ^ 0x55) & 0xff, place);
    writeAsProcess(damaged);
    const seen = await sums();
    // The byte does not matter, or the file is left out.
    expect([
      [3, 3, 3],
      [2, 2, 2],
    ]).toContainEqual(seen);
  }
}, 60_000);

it('falls back on the state before the one that is damaged', async () => {
  const other = await counting(1);
  other
    .use(new CounterMetric({ name: 'c_total', help: 'c' }))
    .labels([])
    .inc();
  await other.writer.flush();
  const bytes = bytesOf(other);
  // The second commit; the first one and its values are still there.
  bytes.fill(0xff, 128, 140);
  writeFileSync(join(shared.path, other.fileName), bytes);
  expect(await sums()).toEqual([2, 2, 2]);
});

it('leaves out files that are none of the library, and directories', async () => {
  writeFileSync(join(shared.path, 'counter_1.db'), 'of the Python client');
  mkdirSync(join(shared.path, 'lost+found'));
  for (let i = 0; i < 3; i++) expect(await sums()).toEqual([1, 1, 1]);
  expect(shared.counted).toEqual(['file', 'file']);
  expect(shared.warnings).toEqual([
    expect.stringContaining('counter_1.db'),
    expect.stringContaining('lost+found'),
  ]);
});

it('goes on when the file of the dead is damaged, and keeps those that die later', async () => {
  await member.writer.close();
  await shared.source.tidy();
  writeFileSync(join(shared.path, 'fold-1.metrics'), 'nothing');
  await (await counting(2)).writer.close();
  await shared.source.tidy();
  expect(await sums()).toEqual([2, 2, 1]);
  await (await counting(2)).writer.close();
  await shared.source.tidy();
  expect(await sums()).toEqual([4, 4, 2]);
  expect(shared.counted).toEqual(['file']);
});

it('takes a file of an earlier run with the same pid for that of a dead process', async () => {
  writeAsProcess(bytesOf(await counting(4)), '1');
  const seen = await shared.scrape();
  expect(seen.value('c_total', {})).toBe(9);
  expect(seen.value('nestjs_exporter_processes', { state: 'dead' })).toBe(1);
  await shared.source.idle();
  expect(readdirSync(shared.path)).toContain('fold-1.metrics');
  expect((await shared.scrape()).value('c_total', {})).toBe(9);
  expect(shared.warnings).toEqual([]);
});

it('shows its own values, and says so once, when nothing can be written', async () => {
  const blocked = shared.member();
  blocked
    .use(new CounterMetric({ name: 'own_total', help: 'o' }))
    .labels([])
    .inc(3);
  const { path } = shared;
  await shared.source.idle();
  rmSync(path, { recursive: true });
  for (let i = 0; i < 3; i++) {
    const seen = await shared.scrape(blocked.source);
    expect(seen.value('own_total', {})).toBe(3);
  }
  expect(shared.counted.sort()).toEqual(['read', 'write']);
  // And goes on when it can.
  mkdirSync(path);
  blocked
    .use(new CounterMetric({ name: 'own_total', help: 'o' }))
    .labels([])
    .inc();
  await blocked.writer.flush();
  expect((await shared.scrape()).value('own_total', {})).toBe(4);
});
