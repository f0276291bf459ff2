import { labelValueText } from '../metrics/label-value.js';

/** Of a metric object of prom-client, what deals with labels. */
interface LabelledMetric {
  readonly labelNames: readonly string[];
}

interface ReadSample {
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly sharedLabels?: Readonly<Record<string, unknown>>;
}

interface ReadMetric {
  readonly values: readonly ReadSample[];
}

type Method = (this: unknown, ...values: unknown[]) => unknown;
type Reading = (this: unknown) => Promise<ReadMetric>;

/** Stands for a comma: a lone surrogate, which no well-formed text has. */
const COMMA = '\udc2c';
const ILL_FORMED = /\p{Surrogate}/gu;

/**
 * Labels as prom-client is to keep them: a copy, so that later changes of the caller's object make
 * no second series, with well-formed texts as values, so that none can forge a line. Empty labels
 * are left out, because Prometheus takes them for labels that are not there.
 *
 * prom-client finds a series by its labels joined with commas, where `{ a: '1,b:2', b: '3' }` and
 * `{ a: '1', b: '2,b:3' }` are the same. So values are kept without commas.
 */
export function exactLabels(labels: object): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(labels)) {
    const text = labelValueText(value) ?? '';
    if (text !== '') texts.push([name, keptText(text)]);
  }
  return Object.fromEntries(texts);
}

/**
 * Gives the methods that take labels, and no value, the labels that the recording ones were given,
 * and gives readers the labels as they were. It can go when prom-client tells all label sets apart.
 */
export function withExactLabels(metric: object): void {
  const { labelNames } = metric as LabelledMetric;
  const methods = metric as Record<string, Method | undefined>;
  for (const name of ['labels', 'remove', 'zero']) {
    const method = methods[name];
    if (method === undefined) continue;
    methods[name] = function (...given) {
      return method.apply(this, exactArguments(given, labelNames));
    };
  }
  const readings = metric as Record<string, Reading | undefined>;
  for (const name of ['get', 'getForPromString']) {
    const read = readings[name];
    if (read === undefined) continue;
    readings[name] = async function () {
      const family = await read.call(this);
      return { ...family, values: family.values.map(asGiven) };
    };
  }
}

/** Both forms in which prom-client takes labels; what is neither is left to it. */
function exactArguments(given: unknown[], labelNames: readonly string[]): unknown[] {
  const [first] = given;
  if (typeof first === 'object' && first !== null) return [exactLabels(first)];
  if (given.length === 0 || given.length !== labelNames.length) return given;
  return [exactLabels(Object.fromEntries(labelNames.map((name, i) => [name, given[i]])))];
}

function keptText(text: string): string {
  // A label that passes twice stays as it is.
  const wellFormed = text.replace(ILL_FORMED, (unit) => (unit === COMMA ? unit : '\ufffd'));
  return wellFormed.replaceAll(',', COMMA);
}

function asGiven<S extends ReadSample>(sample: S): S {
  const { labels, sharedLabels } = sample;
  if (!hasComma(labels) && !hasComma(sharedLabels)) return sample;
  return {
    ...sample,
    ...(labels === undefined ? {} : { labels: textsAsGiven(labels) }),
    ...(sharedLabels === undefined ? {} : { sharedLabels: textsAsGiven(sharedLabels) }),
  };
}

function hasComma(labels: ReadSample['labels']): boolean {
  if (labels === undefined) return false;
  for (const name in labels) {
    const value = labels[name];
    if (typeof value === 'string' && value.includes(COMMA)) return true;
  }
  return false;
}

function textsAsGiven(labels: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll(COMMA, ',') : value,
    ]),
  );
}
