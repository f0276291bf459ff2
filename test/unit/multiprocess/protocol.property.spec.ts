import { AsyncLocalStorage } from 'node:async_hooks';
import * as fs from 'node:fs';
import * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import * as fc from 'fast-check';
import type { MultiprocessSource } from '../../../lib/multiprocess/multiprocess-source.js';

// Processes that write, stop, go on, crash, are taken for ended, and put each other's files together,
// in any order, while files cannot be read or written: what a scrape shows never falls and never
// exceeds what was counted, and is exact when all is quiet.

/** What the file system does to the library. */
const trouble = {
  /** Error of each opening of a file to read it, by its name; of the directory itself, by `''`. */
  reading: (_name: string): string | undefined => undefined,
  isReading: false,
  /** Error of each write. */
  writing: undefined as string | undefined,
};

/** What each write of a process waits for that is stopped in the middle of writing. */
const stopped = new AsyncLocalStorage<Promise<void>>();

function failing(code: string | undefined): void {
  if (code !== undefined) throw Object.assign(new Error(`${code}: injected`), { code });
}

const nameOf = (path: unknown): string => String(path).split('/').at(-1) ?? '';
const isReading = (flags: unknown): boolean => typeof flags !== 'string' || !flags.startsWith('w');

jest.unstable_mockModule('node:fs/promises', () => ({
  ...promises,
  open: async (path: string, flags: never, mode: never) => {
    if (isReading(flags)) failing(trouble.reading(nameOf(path)));
    else failing(trouble.writing);
    return promises.open(path, flags, mode);
  },
  readdir: async (path: string) => {
    failing(trouble.reading(''));
    return promises.readdir(path);
  },
}));

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  openSync: (path: string, flags: never, mode: never) => {
    failing(isReading(flags) ? trouble.reading(nameOf(path)) : trouble.writing);
    return fs.openSync(path, flags, mode);
  },
  readdirSync: (path: string) => {
    failing(trouble.reading(''));
    return fs.readdirSync(path);
  },
  write: (...args: Parameters<typeof fs.write>) => {
    const done = args.at(-1) as unknown as (error: unknown, ...rest: unknown[]) => void;
    const go = (): void => {
      try {
        failing(trouble.writing);
      } catch (error) {
        return done(error);
      }
      fs.write(...args);
    };
    const pause = stopped.getStore();
    if (pause === undefined) go();
    else void pause.then(go);
  },
  writeSync: (...args: Parameters<typeof fs.writeSync>) => {
    failing(trouble.writing);
    return fs.writeSync(...args);
  },
}));

const { CounterMetric } = await import('../../../lib/metrics/counter.js');
const { HistogramMetric } = await import('../../../lib/metrics/histogram.js');
const { SummaryMetric } = await import('../../../lib/metrics/summary.js');
const { MultiprocessSource: Source } =
  await import('../../../lib/multiprocess/multiprocess-source.js');
const { ScrapeFailure } = await import('../../../lib/scrape/scrape-failure.js');
const { histogramOf, Member, scrape, scrapeProtobuf } = await import('./support.js');
const { bucketsOfSpans } = await import('../../support/read-protobuf.js');
const { Troubles } = await import('../../../lib/multiprocess/troubles.js');

const silent = new Troubles(
  () => undefined,
  () => undefined,
);

/** Everything silent for an hour is retired at once, and put into a fold at the next look. */
const patience = { untilRetired: 3_600_000, watched: 0, untilFolded: -1000 };

const LABELS = ['a', 'b', 'c'];

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = heal;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** One process, and what it has counted. */
class Process {
  readonly member: InstanceType<typeof Member>;
  readonly counter = new CounterMetric({ name: 'c_total', help: 'c', labelNames: ['n'] });
  readonly summary = new SummaryMetric({ name: 's', help: 's', labelNames: ['n'] });
  /** Of so few buckets that they are made wider again and again. */
  readonly histogram = new HistogramMetric({
    name: 'h',
    help: 'h',
    labelNames: ['n'],
    buckets: [1],
    native: { schema: 3, maxBuckets: 3, zeroThreshold: 0 },
  });
  readonly counted = new Map<string, number>();
  /** As much of that as was surely written. */
  written = new Map<string, number>();
  /** Lets it go on when it was stopped in the middle of writing. */
  #goOn: (() => Promise<void>) | undefined;

  constructor(
    readonly directory: string,
    pid: number,
  ) {
    // In another pid namespace, where nobody can look for it.
    const identity = { pid, thread: 0, host: 'ffffffff', start: '1' };
    this.member = new Member(directory, silent, identity);
    this.member.use(this.counter);
    this.member.use(this.summary);
    this.member.use(this.histogram);
    this.member.metrics.start?.();
  }

  count(label: string, by: number): void {
    this.counter.labels([label]).inc(by);
    this.summary.labels([label]).observe(by / 10);
    const series = this.histogram.labels([label]);
    for (let i = 0; i < by; i++) series.observe(1 + series.count / 20);
    this.counted.set(label, (this.counted.get(label) ?? 0) + by);
  }

  async flush(): Promise<void> {
    await this.goOn();
    const counted = new Map(this.counted);
    await this.member.writer.flush();
    if (trouble.writing === undefined && !trouble.isReading) this.written = counted;
  }

  async flushNow(): Promise<void> {
    await this.goOn();
    this.member.writer.flushNow(false);
    if (trouble.writing === undefined && !trouble.isReading) this.written = new Map(this.counted);
  }

  async stopWhileWriting(): Promise<void> {
    await this.goOn();
    const pause = deferred();
    const flushed = stopped.run(pause.promise, () => this.member.writer.flush());
    this.#goOn = async () => {
      pause.resolve();
      await flushed;
    };
    // Until it waits.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async goOn(): Promise<void> {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    await goOn?.();
  }

  /** Its file looks as if it had said nothing for hours. */
  fallSilent(): void {
    const long = Date.now() / 1000 - 7200;
    try {
      fs.utimesSync(join(this.directory, this.member.fileName), long, long);
    } catch {
      // Not written yet, or taken.
    }
  }
}

/** Somebody who scrapes, and what the last scrape showed. */
class Reader {
  readonly shown = new Map<string, number>();

  constructor(readonly source: MultiprocessSource) {}
}

class World {
  readonly directory = fs.mkdtempSync(join(tmpdir(), 'multiprocess-test-'));
  readonly readers = Array.from({ length: 3 }, () => {
    const { directory } = this;
    return new Reader(new Source({ directory, troubles: silent, patience }));
  });
  readonly processes: Process[] = [];
  readonly all: Process[] = [];
  #pids = 0;

  constructor() {
    for (let slot = 0; slot < 3; slot++) this.start(slot);
  }

  start(slot: number): void {
    const started = new Process(this.directory, ++this.#pids);
    this.processes[slot] = started;
    this.all.push(started);
  }

  /** What was counted, by label: at least what was surely written, and at most everything. */
  bounds(label: string): { least: number; most: number } {
    let [least, most] = [0, 0];
    for (const each of this.all) {
      least += (this.processes.includes(each) ? each.counted : each.written).get(label) ?? 0;
      most += each.counted.get(label) ?? 0;
    }
    return { least, most };
  }

  async scrape(reader: Reader): Promise<void> {
    let seen, families;
    try {
      seen = await scrape(reader.source);
      families = await scrapeProtobuf(reader.source);
    } catch (error) {
      if (error instanceof ScrapeFailure && trouble.isReading) return;
      throw error;
    }
    for (const label of LABELS) {
      const value = seen.value('c_total', { n: label }) ?? 0;
      const sum = seen.value('s_sum', { n: label }) ?? 0;
      expect(value).toBeGreaterThanOrEqual(reader.shown.get(label) ?? 0);
      expect(value).toBeLessThanOrEqual(this.bounds(label).most);
      expect(sum).toBeGreaterThanOrEqual(reader.shown.get(`sum ${label}`) ?? 0);
      expect(sum).toBeCloseTo(value / 10, 6);
      const found = histogramOf(families, 'h', label);
      const counts = bucketsOfSpans(found?.positiveSpan ?? [], found?.positiveDelta ?? []).values();
      const buckets = [...counts].reduce((all, count) => all + count, 0);
      // Its scrape came later, and may have been the first to see a file.
      expect(found?.sampleCount ?? 0).toBeGreaterThanOrEqual(value);
      expect(buckets).toBe(found?.sampleCount ?? 0);
      reader.shown.set(label, value);
      reader.shown.set(`sum ${label}`, sum);
    }
  }

  async settle(): Promise<void> {
    await Promise.all(this.all.map((each) => each.goOn()));
    await Promise.all(this.readers.map(({ source }) => source.idle()));
  }

  async end(): Promise<void> {
    await this.settle();
    for (const { member } of this.all) {
      await member.writer.close();
      await member.source.idle();
    }
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

type Step = (world: World) => Promise<unknown> | void;

const slot = fc.nat({ max: 2 });
const named = (name: string, step: Step): Step =>
  Object.assign(step, { [fc.toStringMethod]: () => name });

const counts = (at: number, label: string, by: number): Step =>
  named(`${at} counts ${by} ${label}`, ({ processes }) => processes[at]?.count(label, by));
const writes = (at: number): Step =>
  named(`${at} writes`, ({ processes }) => processes[at]?.flush());
const stops = (at: number): Step =>
  named(`${at} stops while it writes`, ({ processes }) => processes[at]?.stopWhileWriting());
const goesOn = (at: number): Step =>
  named(`${at} goes on`, ({ processes }) => processes[at]?.goOn());
const fallsSilent = (at: number): Step =>
  named(`${at} falls silent`, ({ processes }) => processes[at]?.fallSilent());
const crashes = (at: number): Step =>
  named(`${at} crashes`, (world) => {
    world.processes[at]?.fallSilent();
    world.start(at);
  });
const scrapes = (at: number): Step =>
  named(`reader ${at} scrapes`, (world) => world.scrape(world.readers[at] as Reader));
const tidies = (at: number): Step =>
  named(`reader ${at} tidies`, ({ readers }) => readers[at]?.source.tidy());
const allTidy = named('all readers tidy', ({ readers }) =>
  Promise.all(readers.map(({ source }) => source.tidy())),
);
const cannotRead = (code: string, what: string): Step =>
  named(`${code} at ${what}*`, () => {
    trouble.isReading = true;
    trouble.reading = (name) => (name.startsWith(what) ? code : undefined);
  });
const cannotWrite = named('ENOSPC', () => void (trouble.writing = 'ENOSPC'));
const allIsWell = named('all is well', heal);

const one = (...args: Parameters<typeof counts>): Step[] => [counts(...args)];
const counting = fc.tuple(slot, fc.constantFrom(...LABELS), fc.integer({ min: 1, max: 9 }));
const fault = fc.tuple(
  fc.constantFrom('EMFILE', 'EACCES', 'EIO'),
  fc.constantFrom('', 'fold', '1-', '2-'),
);

/** Single steps, and some that go together, as chance would seldom put them one after the other. */
const steps: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 6, arbitrary: counting.map((given) => one(...given)) },
  { weight: 4, arbitrary: slot.map((at) => [writes(at)]) },
  {
    weight: 1,
    arbitrary: slot.map((at) => [
      named(`${at} writes at once`, ({ processes }) => processes[at]?.flushNow()),
    ]),
  },
  { weight: 1, arbitrary: slot.map((at) => [stops(at)]) },
  { weight: 1, arbitrary: slot.map((at) => [goesOn(at)]) },
  { weight: 2, arbitrary: slot.map((at) => [fallsSilent(at)]) },
  { weight: 1, arbitrary: slot.map((at) => [crashes(at)]) },
  { weight: 5, arbitrary: slot.map((at) => [scrapes(at)]) },
  { weight: 2, arbitrary: slot.map((at) => [tidies(at)]) },
  { weight: 2, arbitrary: fc.constant<Step[]>([allTidy]) },
  { weight: 1, arbitrary: fault.map((given) => [cannotRead(...given)]) },
  { weight: 1, arbitrary: fc.constant<Step[]>([cannotWrite]) },
  { weight: 3, arbitrary: fc.constant<Step[]>([allIsWell]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(slot, slot)
      .map(([at, reader]) => [
        allIsWell,
        writes(at),
        fallsSilent(at),
        tidies(reader),
        tidies(reader),
        scrapes(reader),
        counts(at, 'a', 1),
        writes(at),
        scrapes(reader),
      ]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(slot, slot)
      .map(([at, reader]) => [
        allIsWell,
        writes(at),
        counts(at, 'b', 1),
        stops(at),
        fallsSilent(at),
        tidies(reader),
        tidies(reader),
        scrapes(reader),
        goesOn(at),
        writes(at),
        scrapes(reader),
      ]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(slot, fault, slot)
      .map(([reader, given, at]) => [
        scrapes(reader),
        cannotRead(...given),
        scrapes(reader),
        counts(at, 'c', 1),
        writes(at),
        scrapes(reader),
        allTidy,
        allIsWell,
        scrapes(reader),
      ]),
  },
);

function heal(): void {
  trouble.isReading = false;
  trouble.reading = () => undefined;
  trouble.writing = undefined;
}

it('shows sums that never fall, never exceed what was counted, and are exact when all is quiet', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async (given) => {
      heal();
      const world = new World();
      try {
        for (const each of given.flat()) await each(world);
        heal();
        await world.settle();
        for (const each of world.processes) await each.flush();
        for (const reader of world.readers) {
          await world.scrape(reader);
          for (const label of LABELS) {
            const { least, most } = world.bounds(label);
            expect(reader.shown.get(label)).toBeGreaterThanOrEqual(least);
            expect(reader.shown.get(label)).toBeLessThanOrEqual(most);
          }
        }
      } finally {
        heal();
        await world.end();
      }
    }),
    { numRuns: 150 },
  );
});
