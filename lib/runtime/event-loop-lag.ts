import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** How late the timers of the event loop were, in seconds. */
export interface Lag {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly deviation: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

const NONE: Lag = { mean: 0, min: 0, max: 0, deviation: 0, p50: 0, p90: 0, p99: 0 };

const NANOSECONDS = 1e9;

/**
 * Measures the lag of the event loop, for several readers apart: each is told of the time since it
 * asked last, however often the others ask.
 */
export class EventLoopLag {
  readonly #monitors = new Map<string, IntervalHistogram>();
  readonly #last = new Map<string, Lag>();
  readonly #resolution: number;
  /** Since the start, for readers that ask for the first time. */
  readonly #first: IntervalHistogram;

  /** @param resolution milliseconds between two measurements */
  constructor(resolution: number) {
    this.#resolution = resolution;
    this.#first = this.#monitor();
  }

  /** The lag since this reader asked last; what it was told then when nothing was measured since. */
  since(reader: string): Lag {
    const known = this.#monitors.get(reader);
    const monitor = known ?? this.#first;
    const lag = monitor.count === 0 ? (this.#last.get(reader) ?? NONE) : this.#read(monitor);
    if (known === undefined) this.#monitors.set(reader, this.#monitor());
    else known.reset();
    this.#last.set(reader, lag);
    return lag;
  }

  end(): void {
    this.#first.disable();
    for (const monitor of this.#monitors.values()) monitor.disable();
    this.#monitors.clear();
  }

  #monitor(): IntervalHistogram {
    const monitor = monitorEventLoopDelay({ resolution: this.#resolution });
    monitor.enable();
    return monitor;
  }

  /** A monitor records the time from one measurement to the next, of which the lag is a part. */
  #read(monitor: IntervalHistogram): Lag {
    const lagOf = (interval: number): number =>
      Math.max(0, interval / NANOSECONDS - this.#resolution / 1000);
    return {
      mean: lagOf(monitor.mean),
      min: lagOf(monitor.min),
      max: lagOf(monitor.max),
      deviation: monitor.stddev / NANOSECONDS,
      p50: lagOf(monitor.percentile(50)),
      p90: lagOf(monitor.percentile(90)),
      p99: lagOf(monitor.percentile(99)),
    };
  }
}
