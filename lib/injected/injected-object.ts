import type { AnyMetric } from '../metrics/make-metric.js';
import type { Series } from '../metrics/series.js';
import {
  RegisteredMetric,
  type MetricObject,
  type MetricSample,
} from '../registry/registered-metric.js';
import { GivenLabels } from './given-labels.js';

/** A `collect()` with the providers that it asked for. */
export type BoundCollect = (this: object) => unknown;

export interface InjectedSettings {
  readonly aggregator?: string | undefined;
}

/**
 * A metric object that is injected: prom-client's interface over a metric of the store. What all
 * four types have in common.
 */
export abstract class InjectedObject<M extends AnyMetric> extends RegisteredMetric<M> {
  override readonly aggregator: string;
  protected readonly given: GivenLabels;
  readonly #collects = new Set<BoundCollect>();

  constructor(metric: M, { aggregator = 'sum' }: InjectedSettings) {
    super(metric, 'forFeature');
    this.aggregator = aggregator;
    this.given = new GivenLabels(metric.labelNames);
    this.#begin();
  }

  override get isInjected(): boolean {
    return true;
  }

  /** Calls all that were added, before each reading; `undefined` when there are none. */
  get collect(): (() => Promise<void>) | undefined {
    return this.#collects.size === 0 ? undefined : () => this.#callAll();
  }

  /**
   * Adds what is called before each reading, with this object as `this`.
   *
   * @returns takes it off again
   */
  addCollect(collect: BoundCollect): () => void {
    this.#collects.add(collect);
    this.collector ??= { collect: () => this.#callAll() };
    return () => {
      this.#collects.delete(collect);
    };
  }

  /** Takes out the series of these labels, given one by one or as an object. */
  remove(...labels: unknown[]): void {
    this.metric.remove(this.given.readArguments(labels));
  }

  /** Takes out all series; one without labels is 0 again. */
  override reset(): void {
    this.metric.clear();
    this.#begin();
  }

  protected override read(name: string): MetricObject {
    const { help, type, aggregator } = this;
    const values: MetricSample[] = [];
    for (const series of this.metric.series as Iterable<Series>) {
      this.addSamples(values, series, labelsOf(series));
    }
    return { name, help, type, aggregator, values };
  }

  /** Adds the samples of a series in the form and order in which prom-client has them. */
  protected abstract addSamples(
    samples: MetricSample[],
    series: Series,
    labels: Readonly<Record<string, string>>,
  ): void;

  /** What has no labels is there from the start. */
  #begin(): void {
    if (this.labelNames.length === 0) this.metric.slot([]);
  }

  /** Called when all `collect()` functions are over, before the numbers are read. */
  protected afterCollect(): void {}

  /** All of them, whatever one of them throws. */
  async #callAll(): Promise<void> {
    const calls = [...this.#collects].map(async (collect) => {
      await collect.call(this);
    });
    const outcomes = await Promise.allSettled(calls);
    this.afterCollect();
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outcome.reason;
    }
  }
}

/** A label that is empty is one that is not set. */
function labelsOf({ labelNames, labelValues }: Series): Record<string, string> {
  const labels: [string, string][] = [];
  for (const [i, value] of labelValues.entries()) {
    if (value !== '') labels.push([labelNames[i] as string, value]);
  }
  return Object.fromEntries(labels);
}

/**
 * Makes the instances of a class instances of one of prom-client's as well, without its constructor,
 * which would give them a store of their own: between the two stand the members that the class
 * inherits from elsewhere.
 */
export function asInstancesOf(
  Client: { readonly prototype: object },
  Class: { readonly prototype: object },
): void {
  const inherited: object[] = [];
  let prototype = Object.getPrototypeOf(Class.prototype) as object;
  while (prototype !== Object.prototype) {
    inherited.unshift(prototype);
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  let base = Client.prototype;
  for (const each of inherited) base = Object.create(base, Object.getOwnPropertyDescriptors(each));
  Object.setPrototypeOf(Class.prototype, base);
}
