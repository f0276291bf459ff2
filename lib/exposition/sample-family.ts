import { checkedSampleLine, clientValue, type CheckedSample } from './checked-sample.js';
import type { ClientSample, SampleFamily } from './family.js';
import { ClientLabelReader } from './client-labels.js';
import { LabelSetGroups } from './label-set-groups.js';
import { sampleFilter } from './name-filter.js';
import { boundLabelOf, isMetricName } from './names.js';
import type { Pace } from '../core/pace.js';
import type { FamilyType, PreparedFamily } from './prepared-family.js';
import type { Problems } from './problems.js';
import type { PrepareOptions } from './series-family.js';
import { TypeRules } from './type-rules.js';

/** How many samples or label sets are looked at between two looks at the clock. */
const STRIDE = 16;

/**
 * Checks what a foreign metric gave: samples that cannot be written in both formats are left out
 * and reported, those of one label set are brought together and into order, and it is found out
 * whether they can stand under the family's own type.
 *
 * @returns `undefined` when there is nothing of what was asked for
 */
export async function prepareSampleFamily(
  family: SampleFamily,
  options: PrepareOptions,
  pace: Pace,
  problems: Problems,
): Promise<PreparedFamily | undefined> {
  const name = textOf(family.name);
  const type = familyType(family.type);
  const filter = sampleFilter(name, type, options.names);
  const rules = new TypeRules(name, type);
  const reader = new ClientLabelReader(boundLabelOf(type), options.defaultLabels);
  const labelSets = new LabelSetGroups();
  const sampleNames = new Set<string>();
  let fits = isMetricName(name);
  let isPartial = false;

  const check = (sample: ClientSample): void => {
    const sampleName = sample.metricName ?? name;
    if (filter !== undefined && !filter.has(sampleName as string)) {
      isPartial = true;
      return;
    }
    if (!isMetricName(sampleName)) return problems.add(name, 'name', textOf(sampleName));
    const labels = reader.read(sample);
    if (labels === undefined) return problems.add(name, 'label', sampleName);
    const value = clientValue(sample.value);
    if (value === undefined) return problems.add(name, 'value', sampleName);
    const { text: labelText, bound } = labels;
    const checked = { name: sampleName, value, labelText, bound, exemplar: sample.exemplar };
    if (!labelSets.add(labels, checked)) return problems.add(name, 'duplicate', sampleName);
    sampleNames.add(sampleName);
    fits &&= rules.fits(checked);
  };

  const values: readonly ClientSample[] = Array.isArray(family.values) ? family.values : [];
  for (let index = 0; index < values.length; index++) {
    try {
      check(values[index] ?? {});
    } catch {
      // A getter of the sample or of its labels threw.
      problems.add(name, 'label', name);
    }
    if (index % STRIDE === STRIDE - 1 && pace.isOver) await pace.rest();
  }
  if (filter !== undefined && sampleNames.size === 0) return undefined;

  const { format } = options;
  const groups: CheckedSample[][] = [];
  let native = fits && (!format.strict || (!isPartial && format.allows(name, type)));
  for (const group of labelSets) {
    if (fits && group.length > 1) group.sort((a, b) => rules.compare(a, b));
    if (format.strict) native &&= rules.areValid(group);
    groups.push(group);
    if (groups.length % STRIDE === 0 && pace.isOver) await pace.rest();
  }
  return {
    name,
    help: textOf(family.help),
    type,
    sampleNames: [...sampleNames],
    native,
    lines: (wanted, exemplars) => ({
      length: groups.length,
      text: (index) => groupText(groups[index] ?? [], wanted, exemplars && canHaveExemplar),
    }),
  };

  function canHaveExemplar(sampleName: string): boolean {
    return type === 'counter' || (type === 'histogram' && sampleName.endsWith('_bucket'));
  }
}

function groupText(
  group: readonly CheckedSample[],
  wanted: ReadonlySet<string>,
  canHaveExemplar: false | ((sampleName: string) => boolean),
): string {
  let lines = '';
  for (const sample of group) {
    if (!wanted.has(sample.name)) continue;
    lines += checkedSampleLine(sample, canHaveExemplar !== false && canHaveExemplar(sample.name));
  }
  return lines;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function familyType(type: unknown): FamilyType {
  return type === 'counter' || type === 'gauge' || type === 'histogram' || type === 'summary'
    ? type
    : 'unknown';
}
