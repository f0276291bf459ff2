import * as fc from 'fast-check';
import { injected } from '../../support/injected.js';
import { alikeLabelSets, TEN_THOUSAND, wellFormed } from '../../support/tricky-text.js';

describe('label sets of injected metrics', () => {
  it('share a series when they are equal, and only then', async () => {
    await fc.assert(
      fc.asyncProperty(alikeLabelSets, async (sets) => {
        const definition = { name: 'm', help: 'M.', labelNames: ['a', 'b'] };
        const counter = injected({ type: 'counter', ...definition });
        const gauge = injected({ type: 'gauge', ...definition });
        const model = new Map<string, number>();
        for (const [i, [a, b]] of sets.entries()) {
          counter.inc({ a, b }, i + 1);
          gauge.labels(a, b).inc(i + 1);
          const key = JSON.stringify([a, b].map(wellFormed));
          model.set(key, (model.get(key) ?? 0) + i + 1);
        }
        for (const metric of [counter, gauge]) {
          const { values } = await metric.get();
          const read = values.map(({ labels, value }) => [
            JSON.stringify([labels['a'] ?? '', labels['b'] ?? '']),
            value,
          ]);
          expect(read).toEqual([...model]);
        }
        for (const [a, b] of sets) {
          counter.remove({ a, b });
          gauge.remove(a, b);
        }
        expect([(await counter.get()).values, (await gauge.get()).values]).toEqual([[], []]);
      }),
      TEN_THOUSAND,
    );
  });
});
