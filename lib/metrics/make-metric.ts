import { CounterMetric } from './counter.js';
import { GaugeMetric, type GaugeDefinition } from './gauge.js';
import { HistogramMetric, type HistogramDefinition } from './histogram.js';
import type { MetricType } from './layout.js';
import type { MetricDefinition } from './metric.js';
import { SummaryMetric, type SummaryDefinition } from './summary.js';

/** A metric of any type. */
export type AnyMetric = CounterMetric | GaugeMetric | HistogramMetric | SummaryMetric;

export type MetricOfType<T extends MetricType> = Extract<AnyMetric, { readonly type: T }>;

interface Definitions {
  readonly counter: MetricDefinition;
  readonly gauge: GaugeDefinition;
  readonly histogram: HistogramDefinition;
  readonly summary: SummaryDefinition;
}

const CLASSES: {
  readonly [T in MetricType]: new (definition: Definitions[T]) => MetricOfType<T>;
} = {
  counter: CounterMetric,
  gauge: GaugeMetric,
  histogram: HistogramMetric,
  summary: SummaryMetric,
};

/**
 * A metric of the given type.
 *
 * @example
 * makeMetric('histogram', { name: 'work_seconds', help: 'Work.', buckets: [0.1, 1] });
 */
export function makeMetric<T extends MetricType>(
  type: T,
  definition: Definitions[T],
): MetricOfType<T> {
  return new CLASSES[type](definition);
}
