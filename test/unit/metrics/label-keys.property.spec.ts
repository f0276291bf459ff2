import * as fc from 'fast-check';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { alikeLabelSets, TEN_THOUSAND, trickyText, wellFormed } from '../../support/tricky-text.js';

const keyOf = (values: readonly string[]): string => JSON.stringify(values.map(wellFormed));

describe('label keys', () => {
  it('label sets that are alike share a series when they are equal, and only then', () => {
    fc.assert(
      fc.property(alikeLabelSets, (sets) => {
        const metric = new CounterMetric({ name: 'c', help: 'C.', labelNames: ['a', 'b'] });
        const model = new Map<string, number>();
        for (const [i, set] of sets.entries()) {
          metric.labels(set).inc(i + 1);
          model.set(keyOf(set), (model.get(keyOf(set)) ?? 0) + i + 1);
        }
        expect(
          Array.from(metric.series, ({ labelValues, value }) => [keyOf(labelValues), value]),
        ).toEqual([...model]);
      }),
      TEN_THOUSAND,
    );
  });

  it('any label sets do, whatever number of labels they have and in whatever order of look-up', () => {
    const labelSets = fc
      .record({ width: fc.integer({ min: 0, max: 4 }), turn: fc.nat({ max: 3 }) })
      .chain(({ width, turn }) => {
        const set = fc.array(trickyText, { minLength: width, maxLength: width });
        return fc.record({
          width: fc.constant(width),
          turn: fc.constant(turn),
          sets: fc.array(set),
        });
      });
    fc.assert(
      fc.property(labelSets, ({ width, turn, sets }) => {
        const labelNames = ['a', 'b', 'c', 'd'].slice(0, width);
        const lookupOrder = [...labelNames.slice(turn), ...labelNames.slice(0, turn)];
        const metric = new CounterMetric({ name: 'c', help: 'C.', labelNames, lookupOrder });
        for (const set of sets) metric.labels(set).inc();
        const model = new Set(sets.map(keyOf));
        expect(Array.from(metric.series, ({ labelValues }) => keyOf(labelValues))).toEqual([
          ...model,
        ]);
        expect([...metric.series].reduce((sum, { value }) => sum + value, 0)).toBe(sets.length);
      }),
      TEN_THOUSAND,
    );
  });
});
