/** Most characters that the names and values of an exemplar's labels have together. */
export const MAX_EXEMPLAR_CHARACTERS = 128;

/** What a recording is an example of: `{ trace_id, span_id }` for one. */
export type ExemplarLabels = Readonly<Record<string, string>>;

/** One recording, and where to look further; in the form that prom-client gives them. */
export interface Exemplar {
  readonly labelSet: ExemplarLabels;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/** The newest exemplar of each bucket of each series of a metric. */
export class Exemplars {
  readonly #bySeries: (Exemplar[] | undefined)[] = [];

  /** @param bucket 0 for a counter */
  note(series: number, bucket: number, labelSet: ExemplarLabels, value: number): void {
    const exemplars = (this.#bySeries[series] ??= []);
    exemplars[bucket] = { labelSet, value, timestamp: Date.now() / 1000 };
  }

  forget(series: number): void {
    delete this.#bySeries[series];
  }

  /** Those of a series by bucket, with gaps; `undefined` when there are none. */
  of(series: number): readonly (Exemplar | undefined)[] | undefined {
    return this.#bySeries[series];
  }
}
