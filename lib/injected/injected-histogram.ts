import type { HistogramMetric, HistogramSeries } from '../metrics/histogram.js';
import { BUCKETS } from '../metrics/layout.js';
import { sampleNamesOf } from '../metrics/names.js';
import { CLIENT_CLASSES } from '../registry/client-classes.js';
import type { MetricObject, MetricSample } from '../registry/registered-metric.js';
import { asInstancesOf, InjectedObject } from './injected-object.js';
import { isLabels, noNumber, NO_LABELS } from './numbers.js';
import { ObservingChild, observingTimer } from './observing-child.js';

/** prom-client's `Histogram` over the store. */
export class InjectedHistogram extends InjectedObject<HistogramMetric> {
  static {
    asInstancesOf(CLIENT_CLASSES.histogram, this);
  }

  /** Not observed since it was reset; of one without labels alone. */
  #isReset = false;

  /** @throws as prom-client: for an unknown label, and for what is no number */
  observe(labels: unknown, value?: unknown): void {
    const values = this.given.read(isLabels(labels) ? labels : NO_LABELS);
    const number = checkedObservation(isLabels(labels) ? value : labels);
    this.metric.observeAt(this.metric.slot(values), number);
  }

  override async get(): Promise<MetricObject> {
    const read = await super.get();
    const values = read.values.map(({ sharedLabels, labels, ...sample }) => ({
      ...sample,
      labels: { ...labels, ...sharedLabels },
    }));
    return { ...read, values };
  }

  override reset(): void {
    super.reset();
    this.#isReset = this.labelNames.length === 0;
  }

  /** Shows a series as 0, whether there was one or not. */
  zero(labels: unknown): void {
    const values = this.given.read(isLabels(labels) ? labels : NO_LABELS);
    this.metric.remove(values);
    this.metric.slot(values);
    this.#isReset = false;
  }

  /** @returns observes the seconds since this call, and returns them */
  startTimer(labels?: unknown): (endLabels?: object) => number {
    return observingTimer(this, labels);
  }

  labels(...labels: unknown[]): ObservingChild<HistogramMetric> {
    return new ObservingChild(this, this.given.readArguments(labels));
  }

  protected override addSamples(
    samples: MetricSample[],
    series: HistogramSeries,
    labels: Readonly<Record<string, string>>,
  ): void {
    // prom-client has no samples then; an exposition has them, as 0.
    if (this.#isReset && series.count === 0) return;
    const { name, type, bounds } = this.metric;
    const [bucketName, sumName, countName] = sampleNamesOf(name, type);
    const first = series.offset + BUCKETS;
    let count = 0;
    for (let bucket = 0; bucket <= bounds.length; bucket++) {
      count += series.values[first + bucket] as number;
      const le = bounds[bucket] ?? '+Inf';
      samples.push({
        labels: { le },
        sharedLabels: labels,
        value: count,
        metricName: bucketName,
        exemplar: series.exemplars?.[bucket] ?? null,
      });
    }
    samples.push(
      { labels: {}, sharedLabels: labels, value: series.sum, metricName: sumName },
      { labels: {}, sharedLabels: labels, value: count, metricName: countName },
    );
  }
}

/** @throws TypeError for what is no number */
export function checkedObservation(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw noNumber(value);
  return value;
}
