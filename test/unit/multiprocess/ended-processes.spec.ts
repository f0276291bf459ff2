import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';
import { MultiprocessSource } from '../../../lib/multiprocess/multiprocess-source.js';
import { parseFileName } from '../../../lib/multiprocess/files/identity.js';
import { SharedDirectory, type Member } from './support.js';

let shared: SharedDirectory;
beforeEach(() => {
  shared = new SharedDirectory();
});
afterEach(() => shared.remove());

const files = (): string[] => readdirSync(shared.path).sort();

async function counting(labelSets: readonly string[], maxSeries = 2000): Promise<Member> {
  const member = shared.member();
  const counter = new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['n'], maxSeries });
  member.use(counter);
  for (const n of labelSets) counter.labels([n]).inc();
  await member.writer.flush();
  return member;
}

describe('what ended processes leave behind', () => {
  it('is put into one file', async () => {
    for (let n = 0; n < 10; n++) await (await counting([String(n)])).writer.close();
    expect(files()).toHaveLength(10);
    await shared.source.tidy();
    expect(files()).toEqual(['fold-1.metrics']);
    await (await counting(['10'])).writer.close();
    await shared.source.tidy();
    expect(files()).toEqual(['fold-2.metrics']);
    const seen = await shared.scrape();
    expect(seen.sum('c_total')).toBe(11);
    expect(seen.value('nestjs_exporter_processes', { state: 'dead' })).toBe(11);
    expect(seen.value('nestjs_exporter_processes', { state: 'live' })).toBe(0);
  });

  it('counts once, however many processes put it together at the same time', async () => {
    const { path: directory, troubles } = shared;
    const sources = Array.from(
      { length: 6 },
      () => new MultiprocessSource({ directory, troubles }),
    );
    let sum = 0;
    for (let round = 0; round < 10; round++) {
      for (let n = 0; n < 4; n++) await (await counting([String(n)])).writer.close();
      sum += 4;
      const seen = await Promise.all(sources.map((source) => shared.scrape(source)));
      expect(seen.map((each) => each.sum('c_total'))).toEqual(sources.map(() => sum));
    }
    await Promise.all(sources.map((source) => source.idle()));
    await shared.source.tidy();
    await shared.source.tidy();
    expect((await shared.scrape()).sum('c_total')).toBe(sum);
    expect(files()).toHaveLength(1);
    expect(shared.warnings).toEqual([]);
  });

  it('counts once when its files are still there, because their removal was interrupted', async () => {
    await (await counting(['a'])).writer.close();
    const [name = ''] = files();
    await link(join(shared.path, name), join(shared.path, 'kept'));
    await shared.source.tidy();
    await link(join(shared.path, 'kept'), join(shared.path, name));
    expect((await shared.scrape()).sum('c_total')).toBe(1);
    await shared.source.idle();
    expect(files()).toEqual(['fold-1.metrics', 'kept']);
  });

  it('has at most as many label sets as the metric may have, and the sum stays', async () => {
    for (let start = 0; start < 100; start += 20) {
      const labelSets = Array.from({ length: 20 }, (_, n) => String(start + n));
      await (await counting(labelSets, 40)).writer.close();
      await shared.source.tidy();
    }
    const seen = await shared.scrape();
    expect(seen.sum('c_total')).toBe(100);
    expect(seen.matching('c_total').length).toBeLessThanOrEqual(40);
    expect(seen.value('c_total', { n: '_other' })).toBeGreaterThan(0);
  });

  it('leaves no temporary files of processes that have ended', async () => {
    const member = await counting(['a']);
    const { pid, host } = parseFileName(member.fileName) as { pid: number; host: string };
    writeFileSync(join(shared.path, `${pid}-${host}-1-00000000.tmp`), 'half a file');
    await shared.source.tidy();
    expect(files()).toEqual([member.fileName]);
  });
});

describe('a process that is silent', () => {
  /** As in a container that shares the directory: its pid says nothing here. */
  const ELSEWHERE = { pid: 1, thread: 0, host: 'ffffffff', start: '1' };

  let member: Member;
  let counter: CounterMetric;
  beforeEach(async () => {
    member = shared.member(ELSEWHERE);
    counter = member.use(new CounterMetric({ name: 'c_total', help: 'c' }));
    counter.labels([]).inc(2);
    const gauges = { help: 'g', multiprocessMode: 'livesum' } as const;
    member
      .use(new GaugeMetric({ name: 'g', ...gauges }))
      .labels([])
      .set(7);
    member
      .use(new GaugeMetric({ name: 'kept', help: 'k', multiprocessMode: 'sum' }))
      .labels([])
      .set(5);
    await member.writer.flush();
    expect((await shared.scrape()).value('g', {})).toBe(7);
  });

  function beSilent(seconds: number): void {
    const since = Date.now() / 1000 - seconds;
    utimesSync(join(shared.path, member.fileName), since, since);
  }

  async function expectToGoOn(source?: MultiprocessSource): Promise<void> {
    for (let sum = 3; sum < 6; sum++) {
      counter.labels([]).inc();
      await member.writer.flush();
      const seen = await shared.scrape(source);
      expect(seen.value('c_total', {})).toBe(sum);
      expect(seen.value('g', {})).toBe(7);
      expect(seen.value('kept', {})).toBe(5);
    }
  }

  it('counts as ended, and goes on in its file', async () => {
    beSilent(20);
    await shared.source.tidy();
    expect(files()).toEqual([member.fileName]);
    const seen = await shared.scrape();
    expect(seen.value('g', {})).toBeUndefined();
    expect(seen.value('c_total', {})).toBe(2);
    await expectToGoOn();
    expect(files()).toEqual([member.fileName]);
  });

  it('is not taken for ended when the clock steps', async () => {
    beSilent(0);
    await shared.scrape();
    beSilent(-100_000);
    expect((await shared.scrape()).value('g', {})).toBe(7);
  });

  describe('for hours', () => {
    const patience = { untilRetired: 3_600_000, watched: 0, untilFolded: -1000 };
    let impatient: MultiprocessSource;
    beforeEach(() => {
      const { path: directory, troubles } = shared;
      impatient = new MultiprocessSource({ directory, troubles, patience });
    });
    afterEach(() => impatient.idle());

    it('goes on in a new file when it was retired', async () => {
      beSilent(7200);
      await impatient.tidy();
      expect(files()).toEqual([expect.stringMatching(/\.retired$/)]);
      await expectToGoOn(impatient);
    });

    it('goes on in a new file when it was put into a fold', async () => {
      beSilent(7200);
      await impatient.tidy();
      await impatient.tidy();
      expect(files()).toEqual(['fold-1.metrics']);
      await expectToGoOn(impatient);
    });

    it('writes what it has counted since, at once, when it ends', async () => {
      beSilent(7200);
      await impatient.tidy();
      await impatient.tidy();
      counter.labels([]).inc();
      member.writer.flushNow(true);
      expect((await shared.scrape(impatient)).value('c_total', {})).toBe(3);
    });

    it('is shown right by itself, too', async () => {
      beSilent(7200);
      await impatient.tidy();
      await impatient.tidy();
      expect((await shared.scrape(member.source)).value('c_total', {})).toBe(2);
    });
  });

  it('counts in full when somebody has removed its file', async () => {
    rmSync(join(shared.path, member.fileName));
    await member.writer.flush();
    expect((await shared.scrape()).value('c_total', {})).toBe(2);
  });
});

async function sums(): Promise<number[]> {
  return (await shared.scrape()).matching('s_sum').map(({ value }) => value);
}

it('sums of fractions never fall, in whichever order processes end', async () => {
  const members = [];
  for (let n = 1; n <= 12; n++) {
    const member = shared.member();
    const summary = new SummaryMetric({ name: 's', help: 's', labelNames: ['n'] });
    member.use(summary);
    for (let label = 0; label < 20; label++) {
      summary.labels([String(label)]).observe((n * 7919 + label * 104_729) / 999_983);
    }
    await member.writer.flush();
    members.push(member);
  }
  const before = await sums();
  expect(before).toHaveLength(20);
  for (const at of [7, 2, 11, 4, 0, 9, 5]) {
    await members[at]?.writer.close();
    expect(await sums()).toEqual(before);
    await shared.source.tidy();
    expect(await sums()).toEqual(before);
  }
});
