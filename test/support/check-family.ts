import type { Family, Sample } from './exposition.js';

/**
 * Checks what the samples of one family have to be together.
 *
 * @param partial whether samples may have been left out on purpose
 */
export function checkFamily(family: Family, partial: boolean): void {
  if (family.type === 'counter') family.samples.forEach(checkCounter);
  if (family.type === 'histogram') checkHistogram(family, partial);
  if (family.type === 'summary') checkSummary(family, partial);
}

function checkCounter(sample: Sample): void {
  if (!(sample.value >= 0)) fail(sample, 'a counter is never negative and never NaN');
}

function checkHistogram(family: Family, partial: boolean): void {
  for (const samples of groups(family, 'le')) {
    const buckets = samples.filter((sample) => sample.name.endsWith('_bucket'));
    let [bound, count] = [-Infinity, 0];
    for (const bucket of buckets) {
      const next = canonicalNumber(bucket, 'le');
      if (next <= bound) fail(bucket, 'buckets do not ascend');
      if (!(bucket.value >= count)) fail(bucket, 'buckets are not cumulative');
      [bound, count] = [next, bucket.value];
    }
    const first = samples[0] as Sample;
    const total = samples.find((sample) => sample.name.endsWith('_count'));
    const sum = samples.find((sample) => sample.name.endsWith('_sum'));
    if (buckets.length > 0 && bound !== Infinity) fail(first, 'no +Inf bucket');
    if (buckets.length > 0 && total !== undefined && total.value !== count) {
      fail(total, `_count is not what the +Inf bucket has, ${count}`);
    }
    const complete = buckets.length > 0 && total !== undefined && sum !== undefined;
    if (!partial && !complete) fail(first, 'buckets, _sum or _count are missing');
  }
}

function checkSummary(family: Family, partial: boolean): void {
  for (const samples of groups(family, 'quantile')) {
    for (const sample of samples.filter(({ name }) => name === family.name)) {
      const quantile = canonicalNumber(sample, 'quantile');
      if (!(quantile >= 0 && quantile <= 1)) fail(sample, 'quantile outside 0 to 1');
    }
    const complete = ['_sum', '_count'].every((end) =>
      samples.some(({ name }) => name === family.name + end),
    );
    if (!partial && !complete) fail(samples[0] as Sample, '_sum or _count is missing');
  }
}

/** The samples of a family by their labels without `label`; those of a group stand together. */
function groups(family: Family, label: string): Sample[][] {
  const all = new Map<string, Sample[]>();
  let last: string | undefined;
  for (const sample of family.samples) {
    const labels = Object.entries(sample.labels).filter(([name]) => name !== label);
    const key = JSON.stringify(labels.sort());
    if (key !== last && all.has(key))
      fail(sample, 'samples of one label set do not stand together');
    all.set(key, [...(all.get(key) ?? []), sample]);
    last = key;
  }
  return [...all.values()];
}

/**
 * The number in a label, which has to be spelled as Go's `%g` spells it, with `.0` after integers:
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md#considerations-canonical-numbers
 */
function canonicalNumber(sample: Sample, label: string): number {
  const text = sample.labels[label];
  if (text === undefined) return fail(sample, `no label ${label}`);
  if (text === '+Inf') return Infinity;
  const value = Number(text);
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 1e-4 && size < 1e6);
  const form = plain ? /^-?\d+\.\d+$/ : /^-?\d(\.\d*[1-9])?e[+-]\d\d+$/;
  if (!form.test(text)) fail(sample, `${label} is not spelled canonically`);
  return value;
}

function fail(sample: Sample, message: string): never {
  throw new Error(`${sample.name}${JSON.stringify(sample.labels)} ${sample.valueText}: ${message}`);
}
