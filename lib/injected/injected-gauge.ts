import type { GaugeMetric, GaugeSeries } from '../metrics/gauge.js';
import { CLIENT_CLASSES } from '../registry/client-classes.js';
import type { MetricSample } from '../registry/registered-metric.js';
import { Child } from './child.js';
import { asInstancesOf, InjectedObject } from './injected-object.js';
import { isLabels, NO_LABELS, noNumber, stopwatch } from './numbers.js';

/** prom-client's `Gauge` over the store. */
export class InjectedGauge extends InjectedObject<GaugeMetric> {
  static {
    asInstancesOf(CLIENT_CLASSES.gauge, this);
  }

  /** @throws as prom-client: for an unknown label, and for what is no number. NaN is one */
  set(labels: unknown, value?: unknown): void {
    const number = checkedValue(isLabels(labels) ? value : labels);
    this.metric.setAt(this.#slot(labels), number);
  }

  inc(labels?: unknown, value?: unknown): void {
    const delta = checkedDelta(isLabels(labels) ? value : labels);
    this.metric.addAt(this.#slot(labels), delta);
  }

  dec(labels?: unknown, value?: unknown): void {
    const delta = checkedDelta(isLabels(labels) ? value : labels);
    this.metric.addAt(this.#slot(labels), -delta);
  }

  setToCurrentTime(labels?: unknown): void {
    this.metric.setAt(this.#slot(labels), Date.now() / 1000);
  }

  /** @returns sets the gauge to the seconds since this call, and returns them */
  startTimer(labels?: unknown): (endLabels?: object) => number {
    const elapsed = stopwatch();
    return (endLabels) => {
      const seconds = elapsed();
      this.set(Object.assign({}, labels, endLabels), seconds);
      return seconds;
    };
  }

  labels(...labels: unknown[]): GaugeChild {
    return new GaugeChild(this, this.given.readArguments(labels));
  }

  #slot(labels: unknown): number {
    return this.metric.slot(this.given.read(isLabels(labels) ? labels : NO_LABELS));
  }

  protected override addSamples(
    samples: MetricSample[],
    series: GaugeSeries,
    labels: Readonly<Record<string, string>>,
  ): void {
    samples.push({ labels, value: series.value });
  }
}

/** Of a gauge: one of its label sets. Its methods can be taken off it. */
class GaugeChild extends Child<GaugeMetric> {
  constructor(
    private readonly gauge: InjectedGauge,
    values: readonly string[],
  ) {
    super(gauge.metric, values);
  }

  readonly set = (value: unknown): void => {
    const number = checkedValue(value);
    this.metric.setAt(this.slot, number);
  };

  readonly inc = (value?: unknown): void => {
    const delta = checkedDelta(value);
    this.metric.addAt(this.slot, delta);
  };

  readonly dec = (value?: unknown): void => {
    const delta = checkedDelta(value);
    this.metric.addAt(this.slot, -delta);
  };

  readonly setToCurrentTime = (): void => {
    this.metric.setAt(this.slot, Date.now() / 1000);
  };

  readonly startTimer = (): ((endLabels?: object) => number) =>
    this.gauge.startTimer(this.labelsWith(undefined));
}

function checkedValue(value: unknown): number {
  if (typeof value !== 'number') throw noNumber(value);
  return value;
}

function checkedDelta(value: unknown): number {
  if (value === undefined) return 1;
  if (typeof value !== 'number') throw noNumber(value, 'Delta');
  return value;
}
