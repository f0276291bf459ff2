import type { CounterMetric, CounterSeries } from '../metrics/counter.js';
import { CLIENT_CLASSES } from '../registry/client-classes.js';
import type { MetricSample } from '../registry/registered-metric.js';
import { Child } from './child.js';
import { asInstancesOf, InjectedObject } from './injected-object.js';
import { isLabels, NO_LABELS, noNumber } from './numbers.js';

/** prom-client's `Counter` over the store. */
export class InjectedCounter extends InjectedObject<CounterMetric> {
  static {
    asInstancesOf(CLIENT_CLASSES.counter, this);
  }

  /** @throws as prom-client: for an unknown label, and for what is no number or below 0 */
  inc(labels?: unknown, value?: unknown): void {
    if (!isLabels(labels)) {
      const by = checkedIncrement(labels);
      this.metric.incAt(this.metric.slot(this.given.read(NO_LABELS)), by);
      return;
    }
    const values = this.given.read(labels);
    const by = checkedIncrement(value);
    this.metric.incAt(this.metric.slot(values), by);
  }

  labels(...labels: unknown[]): CounterChild {
    return new CounterChild(this.metric, this.given.readArguments(labels));
  }

  protected override addSamples(
    samples: MetricSample[],
    series: CounterSeries,
    labels: Readonly<Record<string, string>>,
  ): void {
    const exemplar = series.exemplars?.[0];
    samples.push({ labels, value: series.value, ...(exemplar && { exemplar }) });
  }
}

/** Of a counter: one of its label sets. Its methods can be taken off it. */
class CounterChild extends Child<CounterMetric> {
  readonly inc = (value?: unknown): void => {
    const by = checkedIncrement(value);
    this.metric.incAt(this.slot, by);
  };
}

/** @throws for what is no number, or below 0 */
export function checkedIncrement(value: unknown): number {
  if (value === undefined || value === null) return 1;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw noNumber(value);
  if (value < 0) throw new Error('It is not possible to decrease a counter');
  return value;
}
