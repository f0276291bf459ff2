const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;

/** Endings of the names of samples that never fall. */
const GROWING = /_(?:total|bucket|count|sum)$/;

/** Looks at one scrape after the other. */
export class Counters {
  #last = new Map<string, number>();

  /**
   * Takes the body of a scrape.
   *
   * @throws Error when a counter fell or went away
   */
  take(body: string): void {
    const samples = new Map<string, number>();
    for (const line of body.split('\n')) {
      const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? [];
      // The numbers of the process are prom-client's.
      if (GROWING.test(name) && name.startsWith('nestjs_http_')) {
        samples.set(`${name}{${labels}}`, Number(value));
      }
    }
    for (const [series, before] of this.#last) {
      const now = samples.get(series);
      if (now === undefined) throw new Error(`${series} is gone`);
      if (!(now >= before)) throw new Error(`${series} fell from ${before} to ${now}`);
    }
    this.#last = samples;
  }

  /** The sum of a name over all its series. */
  sum(name: string): number {
    let sum = 0;
    for (const [series, value] of this.#last) if (series.startsWith(`${name}{`)) sum += value;
    return sum;
  }

  get size(): number {
    return this.#last.size;
  }
}
