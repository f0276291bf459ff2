import { clientValue } from '../exposition/checked-samples.js';
import type { ClientSample, SampleFamily } from '../exposition/family.js';
import { parseNumber } from '../exposition/number-text.js';
import { boundedLabelValue, labelValueText } from '../metrics/label-value.js';
import type { MetricType } from '../metrics/layout.js';
import { boundLabelOf, isMetricName, isUserLabelName } from '../metrics/names.js';

/** What a metric of prom-client gave, in the form of the series store. */
export interface ClientSeries {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  /** Of a histogram, ascending, without `+Inf`. */
  readonly bounds: readonly number[];
  /** By a key that is the same for the same label values. */
  readonly series: ReadonlyMap<string, ClientNumbers>;
}

export interface ClientNumbers {
  readonly labelSet: readonly string[];
  /** As a `Series` of the type has them. */
  readonly numbers: readonly number[];
}

interface Group {
  readonly labelSet: readonly string[];
  value: number;
  sum: number;
  count: number;
  /** Cumulative counts by upper bound. */
  readonly buckets: Map<number, number>;
}

/**
 * Turns samples into series whose numbers can be added up. Quantiles of a summary cannot, and are
 * left out, as are samples that no exposition could have. A metric of any other type than the four
 * is taken for a gauge.
 *
 * @param declaredNames label names that the metric declares
 * @returns `undefined` when the metric's name is not legal
 */
export function clientSeries(
  family: SampleFamily,
  declaredNames: readonly string[],
): ClientSeries | undefined {
  const { name, help } = family;
  if (!isMetricName(name)) return undefined;
  const type = typeOf(family.type);
  const samples = Array.isArray(family.values) ? (family.values as ClientSample[]) : [];
  const boundLabel = boundLabelOf(type);
  const labelNames = legalNames(declaredNames, samples, boundLabel);
  const groups = new Map<string, Group>();
  for (const sample of samples) {
    const value = clientValue(sample?.value);
    if (value === undefined) continue;
    const labels = labelsOf(sample);
    const labelSet = labelNames.map((label) =>
      boundedLabelValue(labelValueText(labels[label]) ?? '', Infinity),
    );
    const key = JSON.stringify(labelSet);
    let group = groups.get(key);
    if (group === undefined) {
      group = { labelSet, value: NaN, sum: 0, count: 0, buckets: new Map() };
      groups.set(key, group);
    }
    enter(group, sample.metricName ?? name, name, value, labels[boundLabel ?? '']);
  }
  const bounds = type === 'histogram' ? boundsOf(groups.values()) : [];
  const series = new Map<string, ClientNumbers>();
  for (const [key, group] of groups) {
    const { labelSet } = group;
    series.set(key, { labelSet, numbers: numbersOf(type, group, bounds) });
  }
  return { name, help: typeof help === 'string' ? help : '', type, labelNames, bounds, series };
}

function enter(group: Group, sample: unknown, name: string, value: number, bound: unknown): void {
  if (sample === `${name}_sum`) group.sum = value;
  else if (sample === `${name}_count`) group.count = value;
  else if (sample === `${name}_bucket`) {
    group.buckets.set(parseNumber(labelValueText(bound) ?? ''), value);
  } else if (sample === name) group.value = value;
}

function numbersOf(type: MetricType, group: Group, bounds: readonly number[]): number[] {
  const { value, sum, count, buckets } = group;
  if (type === 'summary') return [sum, count];
  if (type !== 'histogram') return [value];
  let below = 0;
  const counts = bounds.map((bound) => {
    const upTo = buckets.get(bound) ?? below;
    const own = upTo - below;
    below = upTo;
    return own;
  });
  return [sum, ...counts, count - below];
}

function boundsOf(groups: Iterable<Group>): number[] {
  const bounds = new Set<number>();
  for (const { buckets } of groups) for (const bound of buckets.keys()) bounds.add(bound);
  return [...bounds].filter(Number.isFinite).sort((a, b) => a - b);
}

function legalNames(
  declared: readonly string[],
  samples: readonly ClientSample[],
  boundLabel: string | undefined,
): string[] {
  const names = new Set<string>(declared);
  if (declared.length === 0) {
    for (const sample of samples) for (const name of Object.keys(labelsOf(sample))) names.add(name);
  }
  return [...names].filter((name) => name !== boundLabel && isUserLabelName(name)).sort();
}

function labelsOf(sample: ClientSample | undefined): Record<string, unknown> {
  const { labels, sharedLabels } = sample ?? {};
  return (
    sharedLabels == null ? (labels ?? {}) : { ...(labels as object), ...(sharedLabels as object) }
  ) as Record<string, unknown>;
}

function typeOf(type: unknown): MetricType {
  return type === 'counter' || type === 'histogram' || type === 'summary' ? type : 'gauge';
}
