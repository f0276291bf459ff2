import type { SeriesFamily, SeriesView } from '../exposition/family.js';
import { labelSetText } from '../metrics/label-text.js';
import type { GaugeSeries } from '../metrics/gauge.js';
import { makeMetric, type AnyMetric } from '../metrics/make-metric.js';
import type { Series } from '../metrics/series.js';
import {
  isMostRecent,
  isPerProcess,
  PID_LABEL,
  shownLabelNames,
  widthOf,
  type FamilyDefinition,
  type FamilyValues,
} from './files/family-definition.js';

/** The values of one name over several processes. */
export class MergedFamily {
  readonly metric: AnyMetric;
  /** When the value of each series was set, by slot, where the most recent one counts. */
  readonly stamps = new Map<number, number>();
  /** Slots of gauges that have a value. */
  readonly #seen = new Set<number>();
  readonly #width: number;

  /** @param maxSeries most label sets; more are recorded as `_other`, and nothing is lost */
  constructor(
    readonly definition: FamilyDefinition,
    maxSeries: number,
  ) {
    this.#width = widthOf(definition);
    this.metric = metricOf(definition, maxSeries);
  }

  /** Adds one series of a process. */
  add(part: FamilyValues, values: Float64Array, index: number, pid: string | undefined): void {
    const given = part.labelSets[index] as readonly string[];
    const { metric } = this;
    const isComplete = pid === undefined || given.length === metric.labelNames.length;
    const position = part.positions[index] as number;
    if (metric.type === 'gauge') {
      if (Number.isNaN(values[position])) return;
      const series = metric.labels(isComplete ? given : [...given, pid]);
      this.#addGauge(series, values[position] as number, values[position + 1]);
      return;
    }
    const { values: target, offset } = metric.labels(given);
    for (let i = 0; i < this.#width; i++) {
      (target[offset + i] as number) += values[position + i] as number;
    }
  }

  /** What is rendered. */
  get family(): SeriesFamily {
    if (this.definition.isClient !== true) return this.metric;
    const { name, help, type, labelNames } = this.metric;
    const bounds = this.metric.type === 'histogram' ? this.metric.bounds : undefined;
    const series = Array.from<Series, SeriesView>(this.metric.series, (each) => ({
      labelText: textWithoutEmpty(labelNames, each.labelValues),
      labelValues: each.labelValues,
      values: each.values,
      offset: each.offset,
    }));
    return { name, help, type, labelNames, series, bounds };
  }

  #addGauge(series: GaugeSeries, value: number, stamp = 0): void {
    const { mode } = this.definition;
    const { slot } = series;
    const isFirst = !this.#seen.has(slot);
    if (isFirst) this.#seen.add(slot);
    if (isMostRecent(mode)) {
      if (!isFirst && stamp < (this.stamps.get(slot) ?? 0)) return;
      this.stamps.set(slot, stamp);
      series.set(value);
    } else if (isFirst || isPerProcess(mode)) series.set(value);
    else if (mode === 'min' || mode === 'livemin') series.set(Math.min(series.value, value));
    else if (mode === 'max' || mode === 'livemax') series.set(Math.max(series.value, value));
    else series.set(series.value + value);
  }
}

function metricOf(definition: FamilyDefinition, maxSeries: number): AnyMetric {
  const { name, help, type, bounds = [] } = definition;
  const labelNames = shownLabelNames(definition);
  return makeMetric(type, { name, help, labelNames, maxSeries, buckets: bounds });
}

/** The label set of a metric whose labels need not all be set. */
function textWithoutEmpty(names: readonly string[], values: readonly string[]): string {
  const isSet = (_: string, index: number): boolean => values[index] !== '';
  return labelSetText(
    names.filter(isSet),
    values.filter((value) => value !== ''),
  );
}

/** The pid that a series of mode `all` carries. */
export function pidOf(definition: FamilyDefinition, labelSet: readonly string[]): string {
  return labelSet[shownLabelNames(definition).indexOf(PID_LABEL)] ?? '';
}
