import { canonicalNumber } from '../exposition/number-text.js';
import { labelValueText } from '../metrics/label-value.js';
import type { AnyRegistry } from '../options/prometheus-options.js';

/** Labels of a sample to look for. */
export type SampleLabels = Readonly<Record<string, string | number | boolean>>;

interface ReadMetric {
  readonly name: string;
  readonly values?: readonly {
    readonly metricName?: string;
    readonly labels?: Readonly<Record<string, unknown>>;
    readonly value: number;
  }[];
}

interface ReadableMetric {
  readonly name: string;
  get(): Promise<ReadMetric>;
}

/**
 * The value of one sample on the registry, by its name (`x_bucket`, `x_sum`, ...) and exactly these
 * labels; `undefined` when there is no such sample.
 */
export async function sampleValue(
  registry: AnyRegistry,
  name: string,
  labels: SampleLabels,
): Promise<number | undefined> {
  const wanted = labelKey(labels);
  for (const metric of registry.getMetricsAsArray() as unknown as ReadableMetric[]) {
    if (!name.startsWith(metric.name)) continue;
    const values = await valuesOf(metric);
    for (const sample of values) {
      if ((sample.metricName ?? metric.name) === name && labelKey(sample.labels ?? {}) === wanted) {
        return sample.value;
      }
    }
  }
  return undefined;
}

/** One that fails has no samples, as in a scrape. */
async function valuesOf(metric: ReadableMetric): Promise<NonNullable<ReadMetric['values']>> {
  try {
    return (await metric.get()).values ?? [];
  } catch {
    return [];
  }
}

/** Equal for equal label sets: an empty label is one that is not set, bounds have one spelling. */
function labelKey(labels: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(labels)
    .map(([name, value]) => [name, labelText(name, value)])
    .filter(([, text]) => text !== '')
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
  return JSON.stringify(entries);
}

function labelText(name: string, value: unknown): string {
  const text = labelValueText(value) ?? '';
  if ((name !== 'le' && name !== 'quantile') || text === '') return text;
  const number = text === '+Inf' ? Infinity : Number(text);
  return Number.isNaN(number) ? text : canonicalNumber(number);
}
