import * as fc from 'fast-check';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';
import type { LabelSet } from '../../support/exposition.js';
import { parseExposition } from '../../support/parse-exposition.js';
import { TEN_THOUSAND } from '../../support/tricky-text.js';
import { bodyOf, openMetricsOf } from './exposition-reader.js';

const BOUNDS = [-1, 0, 2.5];
const KINDS = ['inc', 'set', 'add', 'observe', 'summarize', 'reset'] as const;

interface Operation {
  readonly kind: (typeof KINDS)[number];
  readonly label: string;
  readonly value: number;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  label: fc.constantFrom('a', 'a"', 'a\\', 'a\n', ''),
  value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double()),
});

/** What a series is, in the simplest terms: the values that it was given and took. */
class Model {
  readonly #counters = new Map<string, number>();
  readonly #gauges = new Map<string, number>();
  readonly #histograms = new Map<string, number[]>();
  readonly #summaries = new Map<string, number[]>();

  run({ kind, label, value }: Operation): void {
    const isFinite = Number.isFinite(value);
    if (kind === 'inc') add(this.#counters, label, isFinite && value >= 0 ? value : 0);
    if (kind === 'add') add(this.#gauges, label, isFinite ? value : 0);
    if (kind === 'set') {
      add(this.#gauges, label, 0);
      if (!Number.isNaN(value)) this.#gauges.set(label, value);
    }
    if (kind === 'observe') push(this.#histograms, label, isFinite ? [value] : []);
    if (kind === 'summarize') push(this.#summaries, label, isFinite ? [value] : []);
    if (kind === 'reset') {
      for (const values of [this.#counters, this.#gauges])
        for (const key of values.keys()) values.set(key, 0);
      for (const lists of [this.#histograms, this.#summaries])
        for (const list of lists.values()) list.length = 0;
    }
  }

  /** All samples of an exposition. */
  samples(): [string, LabelSet, number][] {
    const samples: [string, LabelSet, number][] = [];
    for (const [l, value] of this.#counters) samples.push(['c_total', { l }, value]);
    for (const [l, value] of this.#gauges) samples.push(['g', { l }, value]);
    for (const [l, list] of this.#histograms) {
      for (const bound of BOUNDS) {
        const le = Number.isInteger(bound) ? `${bound}.0` : String(bound);
        samples.push(['h_bucket', { l, le }, list.filter((value) => value <= bound).length]);
      }
      samples.push(['h_bucket', { l, le: '+Inf' }, list.length]);
      samples.push(['h_sum', { l }, sumOf(list)], ['h_count', { l }, list.length]);
    }
    for (const [l, list] of this.#summaries) {
      samples.push(['s_sum', { l }, sumOf(list)], ['s_count', { l }, list.length]);
    }
    return samples;
  }
}

function add(values: Map<string, number>, key: string, by: number): void {
  values.set(key, (values.get(key) ?? 0) + by);
}

function push(lists: Map<string, number[]>, key: string, values: readonly number[]): void {
  lists.set(key, [...(lists.get(key) ?? []), ...values]);
}

function sumOf(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0);
}

const keyOf = ([name, labels, value]: readonly [string, LabelSet, number]): string =>
  JSON.stringify([name, Object.entries(labels).sort(), String(value + 0)]);

describe('sequences of operations', () => {
  it('say in both formats what a simple model says', async () => {
    const sequence = fc.array(operation, { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(sequence, async (operations) => {
        const labelNames = ['l'];
        const counter = new CounterMetric({ name: 'c_total', help: 'C.', labelNames });
        const gauge = new GaugeMetric({ name: 'g', help: 'G.', labelNames });
        const histogram = new HistogramMetric({
          name: 'h',
          help: 'H.',
          labelNames,
          buckets: BOUNDS,
        });
        const summary = new SummaryMetric({ name: 's', help: 'S.', labelNames });
        const metrics = [counter, gauge, histogram, summary];
        const model = new Model();
        for (const each of operations) {
          const { kind, value } = each;
          model.run(each);
          if (kind === 'inc') counter.labels([each.label]).inc(value);
          if (kind === 'set') gauge.labels([each.label]).set(value);
          if (kind === 'add') gauge.labels([each.label]).add(value);
          if (kind === 'observe') histogram.labels([each.label]).observe(value);
          if (kind === 'summarize') summary.labels([each.label]).observe(value);
          if (kind === 'reset') for (const metric of metrics) metric.reset();
        }
        const expected = model.samples().map(keyOf).sort();
        const text = parseExposition(await bodyOf(metrics), 'text');
        const openMetrics = parseExposition(await openMetricsOf(metrics), 'openmetrics');
        for (const { samples } of [text, openMetrics]) {
          const read = samples.map(({ name, labels, value }) => keyOf([name, labels, value]));
          expect(read.sort()).toEqual(expected);
        }
      }),
      TEN_THOUSAND,
    );
  });
});
