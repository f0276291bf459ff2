import * as fc from 'fast-check';
import { QuantileSketch } from '../../../lib/metrics/quantile-sketch.js';

const QUANTILES = [0, 0.5, 0.9, 0.99, 1];

describe('QuantileSketch', () => {
  it('is within 1 % of the true quantiles', () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (seen) => {
        const sketch = new QuantileSketch(undefined, 5);
        for (const value of seen) sketch.add(value);
        const sorted = [...seen].sort((a, b) => a - b);
        for (const [i, found] of sketch.quantiles(QUANTILES).entries()) {
          const rank = Math.floor((QUANTILES[i] as number) * (sorted.length - 1));
          const exact = sorted[rank] as number;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.0101);
        }
      }),
    );
  });

  it('forgets what is older than its window, part by part', () => {
    let now = 0;
    const sketch = new QuantileSketch(10, 5, () => now);
    sketch.add(1);
    now = 9_000;
    sketch.add(100);
    expect(sketch.quantiles([0])[0]).toBeCloseTo(1, 1);
    now = 11_000;
    expect(sketch.quantiles([0])[0]).toBeCloseTo(100, -1);
    now = 60_000;
    expect(sketch.quantiles([0, 1])).toEqual([NaN, NaN]);
  });

  it('does not mind a clock that steps back', () => {
    let now = 10_000;
    const sketch = new QuantileSketch(10, 5, () => now);
    sketch.add(1);
    now = 0;
    sketch.add(1);
    expect(sketch.quantiles([0.5])[0]).toBeCloseTo(1, 1);
  });

  it('takes 0 and less as 0', () => {
    const sketch = new QuantileSketch(undefined, 1);
    sketch.add(0);
    sketch.add(-1);
    expect(sketch.quantiles([0, 1])).toEqual([0, 0]);
  });
});
