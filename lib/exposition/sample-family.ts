import type { Pace } from '../core/pace.js';
import { METRIC_TYPES } from '../metrics/layout.js';
import { boundLabelOf, isMetricName, type FamilyType } from '../metrics/names.js';
import {
  ClientLabelReader,
  clientValue,
  LabelSetGroups,
  type LabelSetSamples,
} from './checked-samples.js';
import type { ClientSample, SampleFamily } from './family.js';
import type { PreparedFamily } from './format.js';
import type { Problems } from './problems.js';
import { sampleFilter, type PrepareOptions } from './series-family.js';
import { TypeRules } from './type-rules.js';

/** How many samples or label sets are looked at between two looks at the clock. */
const STRIDE = 16;

/**
 * Checks what a client metric gave: samples that cannot be written in every format are left out
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
  const asksNothing = format.asks === 'anything';
  let keepsType = fits && (asksNothing || (!isPartial && format.allows(name, type)));
  const groups: LabelSetSamples[] = [];
  for (const group of labelSets) {
    if (fits && group.samples.length > 1) group.samples.sort((a, b) => rules.compare(a, b));
    if (format.asks === 'whole') keepsType &&= rules.areWhole(group.samples);
    if (format.asks === 'openmetrics') keepsType &&= rules.areValid(group.samples);
    groups.push(group);
    if (groups.length % STRIDE === 0 && pace.isOver) await pace.rest();
  }
  return {
    name,
    help: textOf(family.help),
    type,
    sampleNames: [...sampleNames],
    keepsType,
    content: { labelSets: groups },
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function familyType(type: unknown): FamilyType {
  return METRIC_TYPES.find((known) => known === type) ?? 'unknown';
}
