import { CounterMetric } from '../metrics/counter.js';
import type { Metric } from '../metrics/metric.js';
import type { OwnMetrics } from './own-metrics.js';

/** The limit that all metrics have. */
const MAX_SERIES =
  'has reached the limit of its label sets; new label values are recorded as "_other". Use fewer label values, or raise `maxSeries`';

/** What the library says of itself, so that nothing it had to do to the numbers stays hidden. */
export class ExporterMetrics {
  readonly #overflow: CounterMetric;
  readonly #labelErrors: CounterMetric;
  readonly #warned = new Set<string>();
  readonly #warn: (message: string) => void;

  /** @param warn told once for each metric and kind of trouble */
  constructor(registry: OwnMetrics, prefix: string, warn: (message: string) => void) {
    this.#warn = warn;
    this.#overflow = registry.use(
      new CounterMetric({
        name: `${prefix}exporter_label_overflow_total`,
        help: 'Recordings whose label values were replaced because a limit of the metric was reached.',
        labelNames: ['metric'],
      }),
    );
    this.#labelErrors = registry.use(
      new CounterMetric({
        name: `${prefix}exporter_label_errors_total`,
        help: 'Label functions that threw or gave no usable value, by metric.',
        labelNames: ['metric'],
      }),
    );
  }

  /** @param limit which one was reached, and what to do about it */
  readonly countOverflow = (metric: Pick<Metric, 'name'>, limit = MAX_SERIES): void => {
    this.#overflow.labels([metric.name]).inc();
    this.#warnOnce(`overflow ${metric.name}`, `Metric "${metric.name}" ${limit}`);
  };

  countLabelError(metric: Pick<Metric, 'name'>, label: string, reason: unknown): void {
    this.#labelErrors.labels([metric.name]).inc();
    const cause = reason instanceof Error ? reason.message : 'it gave a value without a text';
    this.#warnOnce(
      `label ${metric.name}`,
      `Label "${label}" of metric "${metric.name}" could not be evaluated and is empty: ${cause}`,
    );
  }

  #warnOnce(key: string, message: string): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#warn(message);
  }
}
