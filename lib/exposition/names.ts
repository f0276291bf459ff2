import type { FamilyType } from './prepared-family.js';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Whether both formats can write it as the name of a sample. */
export function isMetricName(name: unknown): name is string {
  return typeof name === 'string' && METRIC_NAME.test(name);
}

/** Whether both formats can write it as a label name; names that begin with `__` are reserved. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name);
}

const SUFFIXES: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
  unknown: [''],
};

/** Names of the samples that a family of this name and type can have. */
export function sampleNamesOf(name: string, type: FamilyType): string[] {
  return SUFFIXES[type].map((suffix) => name + suffix);
}

/** The label that tells the samples of one label set apart, which no other label may replace. */
export function boundLabelOf(type: FamilyType): 'le' | 'quantile' | undefined {
  if (type === 'histogram') return 'le';
  return type === 'summary' ? 'quantile' : undefined;
}
