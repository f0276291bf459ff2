import { labelValueText } from '../metrics/label-value.js';

/** Of a metric object of prom-client, what deals with labels. */
interface LabelledMetric {
  readonly labelNames: readonly string[];
  readonly enableExemplars?: boolean;
  labels(...given: unknown[]): unknown;
  /** Of histograms and summaries. */
  observe?(...given: unknown[]): unknown;
  startTimer?(labels: unknown): unknown;
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
/** With the flag `u`, which leaves the halves of a pair alone. */
const COMMAS = /\udc2c/gu;
const UNUSUAL = /[,\ud800-\udfff]/;
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
  for (const name of ['remove', 'zero']) {
    const method = methods[name];
    if (method === undefined) continue;
    methods[name] = function (...given) {
      const labels = givenLabels(given, labelNames);
      return method.apply(this, labels === undefined ? given : [exactLabels(labels)]);
    };
  }
  if (methods['observe'] !== undefined) recordThroughMethods(metric as LabelledMetric);
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

/**
 * What `labels()` of a histogram or a summary gives records past the metric's methods; those of the
 * other metrics do not.
 */
function recordThroughMethods(metric: LabelledMetric): void {
  const labelled = metric.labels;
  metric.labels = function (this: LabelledMetric, ...given: unknown[]) {
    // It throws for labels that the metric does not have.
    const recorders = labelled.apply(this, given);
    const labels = givenLabels(given, this.labelNames);
    if (labels === undefined) return recorders;
    return {
      observe: (value: unknown) =>
        this.enableExemplars === true
          ? this.observe?.({ labels, value })
          : this.observe?.(labels, value),
      startTimer: () => this.startTimer?.(labels),
    };
  };
}

/** From either form in which prom-client takes labels; `undefined` for what is neither. */
function givenLabels(given: readonly unknown[], labelNames: readonly string[]): object | undefined {
  const [first] = given;
  if (typeof first === 'object' && first !== null) return { ...first };
  if (given.length === 0 || given.length !== labelNames.length) return undefined;
  return Object.fromEntries(labelNames.map((name, i) => [name, given[i]]));
}

function keptText(text: string): string {
  if (!UNUSUAL.test(text)) return text;
  return text.replace(ILL_FORMED, '\ufffd').replaceAll(',', COMMA);
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
      typeof value === 'string' ? value.replace(COMMAS, ',') : value,
    ]),
  );
}
