import { changeOf, type Change } from './change.js';
import type { Reading } from './reading.js';

/** Milliseconds over which rates are taken. */
const WINDOW = 10_000;

/** Milliseconds that are kept: what the charts show. */
const KEPT = 600_000;

/** Milliseconds without an answer after which the lines of the charts are interrupted. */
const GAP = 6000;

/** One moment of the charts; `null` where nothing is known. */
export interface Point {
  readonly at: number;
  readonly requests: number | null;
  readonly errors: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly lag: number | null;
  readonly inProgress: number | null;
  /** A process has started since the moment before. */
  readonly hasStarted: boolean;
}

/** Where a tab keeps what is there when it comes again: its session storage. */
export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** What was read within the last ten minutes, and what follows from it. */
export class History {
  readonly #readings: Reading[] = [];
  points: Point[] = [];

  /**
   * @param key under which the tab remembers the charts
   * @param memory `undefined` where the browser allows none
   */
  constructor(
    private readonly key: string,
    private readonly memory: Memory | undefined,
  ) {
    this.points = remembered(key, memory);
  }

  /** The state that the tab has seen last. */
  get last(): Point | undefined {
    return this.points.at(-1);
  }

  /** @returns what happened within the last seconds; `undefined` at the first reading */
  add(reading: Reading): Change | undefined {
    const last = this.#readings.at(-1);
    const hasStarted =
      last?.startedAt !== undefined &&
      reading.startedAt !== undefined &&
      reading.startedAt > last.startedAt + 1;
    // Counters began anew: what was before says nothing of what is now.
    if (hasStarted) this.#readings.length = 0;
    this.#readings.push(reading);
    while ((this.#readings[1]?.at ?? Infinity) <= reading.at - WINDOW) this.#readings.shift();
    // After a pause, the first answer tells of all of it, and later ones no more.
    if (this.#readings.length > 2 && this.#isOld(reading.at)) this.#readings.shift();
    const first = this.#readings[0];
    const change = first === undefined || first === reading ? undefined : changeOf(reading, first);
    this.points = this.points.filter(({ at }) => at > reading.at - KEPT);
    const before = this.points.at(-1);
    if (before !== undefined && reading.at - before.at > GAP)
      this.points.push(nothing(before.at + 1));
    this.points.push(pointOf(reading, change, hasStarted));
    this.#remember();
    return change;
  }

  #isOld(now: number): boolean {
    return (this.#readings[0]?.at ?? now) < now - WINDOW - GAP;
  }

  #remember(): void {
    try {
      this.memory?.setItem(this.key, JSON.stringify(this.points));
    } catch {
      // A tab that may keep nothing begins anew each time.
    }
  }
}

function remembered(key: string, memory: Memory | undefined): Point[] {
  try {
    const kept: unknown = JSON.parse(memory?.getItem(key) ?? '[]');
    return Array.isArray(kept) ? (kept as Point[]).filter(({ at }) => at > Date.now() - KEPT) : [];
  } catch {
    return [];
  }
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function pointOf(reading: Reading, change: Change | undefined, hasStarted: boolean): Point {
  return {
    at: reading.at,
    requests: known(change?.requests),
    errors: known(change?.errors),
    p50: known(change?.p50),
    p95: known(change?.p95),
    p99: known(change?.p99),
    cpu: known(change?.cpu),
    memory: known(reading.memory),
    lag: known(reading.lag),
    inProgress: known(reading.inProgress),
    hasStarted,
  };
}

function nothing(at: number): Point {
  return {
    at,
    requests: null,
    errors: null,
    p50: null,
    p95: null,
    p99: null,
    cpu: null,
    memory: null,
    lag: null,
    inProgress: null,
    hasStarted: false,
  };
}
