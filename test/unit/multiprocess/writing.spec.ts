import { readdirSync } from 'node:fs';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { SharedDirectory } from './support.js';

let shared: SharedDirectory;
beforeEach(() => {
  shared = new SharedDirectory();
});
afterEach(() => shared.remove());

describe('a process that has to write at once', () => {
  it('does so while it is writing, and goes on afterwards', async () => {
    const member = shared.member();
    const counter = member.use(
      new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['n'], maxSeries: 10_000 }),
    );
    let sum = 0;
    for (let round = 0; round < 40; round++) {
      // A new file in some rounds, new values alone in the others.
      for (let n = 0; n < 100; n++)
        counter.labels([String(round < 20 ? n : round * 100 + n)]).inc();
      const flush = member.writer.flush();
      for (let turn = 0; turn < round % 10; turn++) await new Promise(setImmediate);
      counter.labels(['0']).inc();
      member.writer.flushNow(false);
      sum += 101;
      expect((await shared.scrape()).sum('c_total')).toBe(sum);
      await flush;
      expect((await shared.scrape()).sum('c_total')).toBe(sum);
    }
    expect(shared.warnings).toEqual([]);
    expect(readdirSync(shared.path)).toEqual([member.fileName]);
  });

  it('shows what was recorded before a scrape, also while it is writing', async () => {
    const member = shared.member();
    const counter = member.use(new CounterMetric({ name: 'c_total', help: 'c' })).labels([]);
    for (let sum = 1; sum <= 50; sum++) {
      void member.writer.flush();
      counter.inc();
      expect((await shared.scrape(member.source)).value('c_total', {})).toBe(sum);
      expect((await shared.scrape()).value('c_total', {})).toBe(sum);
    }
  });
});
