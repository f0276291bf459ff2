import { sampleNamesOf } from '../metrics/names.js';
import type { SummaryMetric, SummarySeries } from '../metrics/summary.js';
import { CLIENT_CLASSES } from '../registry/client-classes.js';
import type { MetricSample } from '../registry/registered-metric.js';
import { asInstancesOf, InjectedObject, type InjectedSettings } from './injected-object.js';
import { isLabels, noNumber, NO_LABELS } from './numbers.js';
import { ObservingChild, observingTimer } from './observing-child.js';

interface SummarySettings extends InjectedSettings {
  /** Takes out series of which nothing was observed lately. */
  readonly pruneAgedBuckets?: boolean;
}

/** prom-client's `Summary` over the store. */
export class InjectedSummary extends InjectedObject<SummaryMetric> {
  static {
    asInstancesOf(CLIENT_CLASSES.summary, this);
  }

  readonly #prunes: boolean;

  constructor(metric: SummaryMetric, settings: SummarySettings) {
    super(metric, settings);
    this.#prunes = settings.pruneAgedBuckets === true;
    if (this.#prunes) this.addCollect(() => undefined);
  }

  /** @throws as prom-client: for an unknown label, and for what is no number */
  observe(labels: unknown, value?: unknown): void {
    const values = this.given.read(isLabels(labels) ? labels : NO_LABELS);
    const number = isLabels(labels) && value !== undefined ? value : labels;
    if (typeof number !== 'number' || !Number.isFinite(number)) throw noNumber(number);
    this.metric.observeAt(this.metric.slot(values), number);
  }

  /** @returns observes the seconds since this call, and returns them */
  startTimer(labels?: unknown): (endLabels?: object) => number {
    return observingTimer(this, labels);
  }

  labels(...labels: unknown[]): ObservingChild<SummaryMetric> {
    return new ObservingChild(this, this.given.readArguments(labels));
  }

  /** Takes out the series of which nothing was observed lately, where that is wanted. */
  protected override afterCollect(): void {
    if (!this.#prunes) return;
    for (const { sketch, labelValues } of this.metric.series) {
      if (sketch?.isEmpty === true) this.metric.remove(labelValues);
    }
  }

  protected override addSamples(
    samples: MetricSample[],
    series: SummarySeries,
    labels: Readonly<Record<string, string>>,
  ): void {
    const { name, type, percentiles } = this.metric;
    const [, sumName, countName] = sampleNamesOf(name, type);
    const quantiles = series.sketch?.quantiles(percentiles) ?? [];
    for (const [i, value] of quantiles.entries()) {
      samples.push({ labels: { quantile: percentiles[i] as number, ...labels }, value });
    }
    samples.push(
      { labels, value: series.sum, metricName: sumName },
      { labels, value: series.count, metricName: countName },
    );
  }
}
