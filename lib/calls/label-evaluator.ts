import { labelValueText, storedLabelValue } from '../metrics/label-value.js';
import type { Metric } from '../metrics/metric.js';
import type { Labels, MetricContext } from '../options/metric-context.js';
import type { ExporterMetrics } from '../registry/exporter-metrics.js';

type Part = string | ((context: MetricContext) => unknown);

/**
 * Works out the values of a metric's labels. Fixed values are turned to text beforehand; when all
 * are fixed, `fixed` holds them and nothing has to be evaluated at all.
 */
export class LabelEvaluator {
  /** All values, when none is a function. */
  readonly fixed: readonly string[] | undefined;
  readonly #names: readonly string[];
  readonly #parts: readonly Part[];

  constructor(
    labels: Labels,
    private readonly exporter: ExporterMetrics,
  ) {
    this.#names = Object.keys(labels);
    this.#parts = Object.values(labels).map((label) =>
      typeof label === 'function' ? label : storedLabelValue(labelValueText(label) ?? ''),
    );
    this.fixed = this.#parts.every((part) => typeof part === 'string')
      ? (this.#parts as readonly string[])
      : undefined;
  }

  /** Values in the order of the names; `''` for a function that throws or gives no usable value. */
  evaluate(metric: Pick<Metric, 'name'>, context: MetricContext): string[] {
    const values = this.#parts.slice();
    for (let i = 0; i < values.length; i++) {
      const part = values[i] as Part;
      if (typeof part === 'function') values[i] = this.#call(metric, i, part, context);
    }
    return values as string[];
  }

  #call(
    metric: Pick<Metric, 'name'>,
    position: number,
    label: (context: MetricContext) => unknown,
    context: MetricContext,
  ): string {
    let reason: unknown;
    try {
      const text = labelValueText(label(context));
      if (text !== undefined) return text;
    } catch (error) {
      reason = error;
    }
    this.exporter.countLabelError(metric, this.#names[position] as string, reason);
    return '';
  }
}
