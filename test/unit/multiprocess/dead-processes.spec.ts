import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { MultiprocessSource } from '../../../lib/multiprocess/multiprocess-source.js';
import { parseFileName } from '../../../lib/multiprocess/files/process-identity.js';
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
    expect(files()).toEqual(['dead-1.metrics']);
    await (await counting(['10'])).writer.close();
    await shared.source.tidy();
    expect(files()).toEqual(['dead-2.metrics']);
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
    expect(files()).toEqual(['dead-1.metrics', 'kept']);
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
    const { pid, host } = parseFileName(member.writer.fileName) as { pid: number; host: string };
    writeFileSync(join(shared.path, `${pid}-${host}-1-00000000.tmp`), 'half a file');
    await shared.source.tidy();
    expect(files()).toEqual([member.writer.fileName]);
  });
});

describe('a process that was taken for dead', () => {
  /** As in a container that shares the directory: its pid says nothing here. */
  const ELSEWHERE = { pid: 1, host: 'ffffffff', start: '1' };

  it('goes on counting in a new file, and counts once', async () => {
    const member = shared.member(ELSEWHERE);
    const counter = new CounterMetric({ name: 'c_total', help: 'c' });
    const gauge = new GaugeMetric({ name: 'g', help: 'g', multiprocessMode: 'livesum' });
    member.use(counter).labels([]).inc(2);
    member.use(gauge).labels([]).set(7);
    await member.writer.flush();
    expect((await shared.scrape()).value('g', {})).toBe(7);

    const silentSince = Date.now() / 1000 - 20;
    utimesSync(join(shared.path, member.writer.fileName), silentSince, silentSince);
    await shared.source.tidy();
    expect(files()).toEqual(['dead-1.metrics']);
    expect((await shared.scrape()).value('g', {})).toBeUndefined();

    for (let sum = 3; sum < 6; sum++) {
      counter.labels([]).inc();
      await member.writer.flush();
      const seen = await shared.scrape();
      expect(seen.value('c_total', {})).toBe(sum);
      expect(seen.value('g', {})).toBe(7);
    }
  });

  it('counts in full when somebody has removed its file', async () => {
    const member = await counting(['a', 'a']);
    rmSync(join(shared.path, member.writer.fileName));
    await member.writer.flush();
    expect((await shared.scrape()).sum('c_total')).toBe(2);
  });
});
