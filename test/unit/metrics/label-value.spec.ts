import * as fc from 'fast-check';
import { labelValueText, storedLabelValue } from '../../../lib/metrics/label-value.js';

describe('labelValueText', () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;

  it.each<[unknown, string | undefined]>([
    ['a', 'a'],
    [0, '0'],
    [-0, '0'],
    [NaN, 'NaN'],
    [1e21, '1e+21'],
    [12n, '12'],
    [false, 'false'],
    [null, ''],
    [undefined, ''],
    [['a', 'b'], '["a","b"]'],
    [{ a: 1 }, '{"a":1}'],
    [new Date(0), String(new Date(0))],
    [{ toString: () => 'own' }, 'own'],
    [Symbol('s'), undefined],
    [() => 'f', undefined],
    [circular, undefined],
    [Object.create(null), undefined],
    [Promise.resolve('late'), undefined],
    [{ [Symbol.toPrimitive]: () => Symbol('s'), toString: undefined }, undefined],
    [{ toJSON: () => undefined }, undefined],
  ])('%p is %p', (value, expected) => {
    expect(labelValueText(value)).toBe(expected);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
        expect(['string', 'undefined']).toContain(typeof labelValueText(value));
      }),
    );
  });
});

describe('storedLabelValue', () => {
  it('is well formed, bounded, and stays as it is when stored again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (value) => {
        const stored = storedLabelValue(value);
        expect(stored.length).toBeLessThanOrEqual(256);
        expect(Buffer.from(stored).toString()).toBe(stored);
        expect(storedLabelValue(stored)).toBe(stored);
      }),
    );
  });

  it('cuts no surrogate pair in two', () => {
    expect(storedLabelValue(`${'a'.repeat(255)}😀`)).toBe('a'.repeat(255));
    expect(storedLabelValue(`${'a'.repeat(254)}😀b`)).toBe(`${'a'.repeat(254)}😀`);
  });
});
