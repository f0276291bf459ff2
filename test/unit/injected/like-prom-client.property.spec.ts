import * as fc from 'fast-check';
import { Counter, Gauge, Histogram, Summary } from 'prom-client';
import { injected } from '../../support/injected.js';

const BASE = { help: 'Help.', labelNames: ['a', 'b'] };
const HISTOGRAM = { ...BASE, name: 'h', buckets: [0, 1, 2.5] };
const SUMMARY = { ...BASE, name: 's', percentiles: [0.5, 0.9] };

/** Of each type, one of prom-client's and one that is injected. */
const PAIRS: Readonly<Record<string, () => readonly [object, object]>> = {
  counter: () => [
    new Counter({ ...BASE, name: 'c_total', registers: [] }),
    injected({ ...BASE, name: 'c_total', type: 'counter' }),
  ],
  gauge: () => [
    new Gauge({ ...BASE, name: 'g', registers: [] }),
    injected({ ...BASE, name: 'g', type: 'gauge' }),
  ],
  histogram: () => [
    new Histogram({ ...HISTOGRAM, registers: [] }),
    injected({ ...HISTOGRAM, type: 'histogram' }),
  ],
  summary: () => [
    new Summary({ ...SUMMARY, registers: [] }),
    injected({ ...SUMMARY, type: 'summary' }),
  ],
  'counter without labels': () => [
    new Counter({ name: 'c_total', help: 'Help.', registers: [] }),
    injected({ type: 'counter', name: 'c_total', help: 'Help.' }),
  ],
  'gauge without labels': () => [
    new Gauge({ name: 'g', help: 'Help.', registers: [] }),
    injected({ type: 'gauge', name: 'g', help: 'Help.' }),
  ],
  'histogram without labels': () => [
    new Histogram({ ...HISTOGRAM, labelNames: [], registers: [] }),
    injected({ ...HISTOGRAM, labelNames: [], type: 'histogram' }),
  ],
};

const labelValue = fc.constantFrom('x', 'y', 'z');
const labelSet = fc.record({ a: labelValue, b: labelValue }, { requiredKeys: [] });
const number = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.constantFrom(0.5, 2.5, Infinity, -Infinity, '1', 'x', undefined, true),
);
const recorded = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(labelSet, number) },
  { weight: 2, arbitrary: fc.tuple(labelSet) },
  { weight: 3, arbitrary: fc.tuple(number) },
  { weight: 1, arbitrary: fc.tuple(fc.constant({ other: 'x' }), number) },
);
const named = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(labelSet) },
  { weight: 5, arbitrary: fc.tuple(labelValue, labelValue) },
  { weight: 1, arbitrary: fc.tuple(fc.constant({ other: 'x' })) },
  { weight: 1, arbitrary: fc.tuple(labelValue) },
  { weight: 1, arbitrary: fc.constant([]) },
);
const called = fc.oneof(
  fc.record({ method: fc.constantFrom('inc', 'dec', 'set', 'observe'), given: recorded }),
  fc.record({ method: fc.constantFrom('zero', 'remove', 'reset', 'labels'), given: named }),
);
const call = fc
  .tuple(
    called,
    fc.record({
      /** Called on what `labels()` gives. */
      ofChild: fc.constantFrom('inc', 'dec', 'set', 'observe'),
      value: number,
    }),
  )
  .map(([one, child]) => ({ ...one, ...child }));

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

type Calls = Record<string, ((...given: unknown[]) => unknown) | undefined>;

/**
 * Where the two differ, with a reason: prom-client takes what is wrong (`dec()` of a text, `zero()`
 * without or with unknown labels, `labels()` of a counter with unknown ones, which fail when it is
 * counted up), has another text for a summary's observation that is no number, and leaves the label
 * sets of a summary, and of no other type, when it is reset.
 */
function differs(type: string, labelNames: readonly string[], one: Call): boolean {
  const { method, ofChild } = one;
  const [first] = one.given as readonly unknown[];
  const isObject = typeof first === 'object';
  const hasUnknown =
    isObject && Object.keys(first as object).some((name) => !labelNames.includes(name));
  switch (method) {
    case 'dec':
      return isWrong(one.given.at(-1));
    case 'zero':
      return !isObject || hasUnknown;
    case 'labels':
      if (type === 'summary' && ofChild === 'observe') return typeof one.value !== 'number';
      return hasUnknown || (ofChild === 'dec' && isWrong(one.value));
    case 'observe':
      return type === 'summary' && !isObject && typeof first !== 'number';
    default:
      return type === 'summary' && method === 'reset';
  }
}

function isWrong(value: unknown): boolean {
  return value !== undefined && typeof value !== 'number';
}

/** The error of a call, if there was one. */
function outcomeOf(metric: object, { method, given, ofChild, value }: Call): string {
  try {
    const made = (metric as Calls)[method]?.(...(given as unknown[]));
    if (method === 'labels') (made as Calls | undefined)?.[ofChild]?.(value);
    return 'done';
  } catch (error) {
    return (error as Error).message;
  }
}

/** What can be read, the order of label sets apart. */
async function valuesOf(metric: object): Promise<unknown> {
  const read = await (metric as Counter).get();
  const values = read.values.map((sample) => {
    const { labels: own, value, metricName } = sample as { metricName?: string } & typeof sample;
    return JSON.stringify([metricName, Object.entries(own).sort(), value]);
  });
  return { ...read, values: values.sort() };
}

describe('an injected metric', () => {
  it.each(Object.entries(PAIRS))('of type %s does what prom-client does', async (type, make) => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 30 }), async (calls) => {
        const [client, own] = make();
        const { labelNames } = own as { labelNames: readonly string[] };
        for (const each of calls) {
          if (differs(type, labelNames, each)) continue;
          expect([each, outcomeOf(own, each)]).toEqual([each, outcomeOf(client, each)]);
        }
        expect(await valuesOf(own)).toEqual(await valuesOf(client));
      }),
      { numRuns: 300 },
    );
  });

  it('has the prototypes of prom-client', () => {
    for (const [name, make] of Object.entries(PAIRS)) {
      const [client, own] = make();
      const { constructor: Class } = Object.getPrototypeOf(client) as { constructor: Function };
      expect([name, own instanceof Class]).toEqual([name, true]);
    }
  });
});
