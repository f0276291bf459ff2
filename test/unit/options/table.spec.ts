import * as fc from 'fast-check';
import { nearestName } from '../../../lib/options/nearest-name.js';
import { optionPlace } from '../../../lib/options/place.js';
import { MODULE_OPTIONS } from '../../../lib/options/prometheus-options.js';
import { resolveTable } from '../../../lib/options/table.js';
import { PrometheusConfigError } from '../../../lib/core/errors.js';

const NAMES = Object.keys(MODULE_OPTIONS);

const as = (value: unknown): unknown => value;

describe('nearestName', () => {
  it.each([
    ['excludePath', 'excludedPaths'],
    ['excludePaths', 'excludedPaths'],
    ['excluded_paths', 'excludedPaths'],
    ['EXCLUDEDPATHS', 'excludedPaths'],
    ['group_by', 'groupBy'],
    ['groupby', 'groupBy'],
    ['defaultPrefix', 'defaultsPrefix'],
    ['defaultLabel', 'defaultLabels'],
    ['default-labels', 'defaultLabels'],
    ['guard', 'guards'],
    ['bucket', 'buckets'],
    ['Path', 'path'],
    ['processMetric', 'processMetrics'],
    ['multiProcess', 'multiprocess'],
    ['responseConvert', 'responseConverter'],
  ])('of %s is %s', (given, expected) => {
    expect(nearestName(given, NAMES)).toBe(expected);
  });

  it.each(['', 'x', 'isGlobal', 'global', 'app', 'timeout', '__proto__', 'constructor', '🤷'])(
    'of %j is none',
    (given) => {
      expect(nearestName(given, NAMES)).toBeUndefined();
    },
  );

  it('is the one that most letters of the beginning are the same with', () => {
    expect(nearestName('timeoutMs', ['maxBodyBytes', 'timeoutSeconds'])).toBe('timeoutSeconds');
  });

  it('is a known name, or none, whatever is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        expect([...NAMES, undefined]).toContain(nearestName(given, NAMES));
      }),
    );
  });

  it('is the name itself, with any one letter changed', () => {
    const long = NAMES.filter((name) => name.length > 6);
    fc.assert(
      fc.property(fc.constantFrom(...long), fc.nat(), fc.constantFrom('', 'x'), (name, at, by) => {
        const place = at % name.length;
        const changed = name.slice(0, place) + by + name.slice(place + 1);
        expect(nearestName(changed, NAMES)).toBe(name);
      }),
    );
  });
});

describe('resolveTable', () => {
  const known = { first: as, second: as };
  const check = (value: unknown) => (): unknown => resolveTable(known, value, optionPlace('o'));

  it('takes known names, whatever their values', () => {
    for (const value of [{}, { first: undefined }, { second: 1, first: 2 }, Object.create(null)]) {
      expect(check(value)).not.toThrow();
    }
  });

  it('names the option, what it expects and what it got', () => {
    expect(check({ frist: 1 })).toThrow(PrometheusConfigError);
    expect(check({ firsd: undefined })).toThrow(
      "PrometheusModule: option `o` expects any of `first`, `second`, got 'firsd': did you mean `first`?",
    );
    expect(check({ first: 1, third: 3 })).toThrow(/expects any of `first`, `second`, got 'third'$/);
    expect(check({ toString: 1 })).toThrow(/got 'toString'$/);
    expect(check(JSON.parse('{"__proto__":1}'))).toThrow(/got '__proto__'$/);
    for (const value of [null, undefined, 5, 'first', ['first']]) {
      expect(check(value)).toThrow(
        'option `o` expects an object with any of `first`, `second`, got',
      );
    }
    expect(() => resolveTable({ keys: as }, { key: 1 }, optionPlace('o'))).toThrow(
      "option `o` expects `keys` alone, got 'key': did you mean `keys`?",
    );
  });
});
