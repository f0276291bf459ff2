import * as fc from 'fast-check';
import { BlockList } from '../../../lib/metrics/block-list.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../../lib/metrics/histogram.js';
import { bucketIndexOf, schemaFor, upperBoundOf } from '../../../lib/metrics/native-schema.js';
import { BLOCK_SIZE, NEGATIVE, POSITIVE, type Sign } from '../../../lib/metrics/native-buckets.js';

const NATIVE = {
  bucketFactor: 1.1,
  maxBuckets: 160,
  zeroThreshold: 2 ** -128,
  classicBuckets: true,
};

function histogram(native: Partial<typeof NATIVE> = {}): HistogramMetric {
  return new HistogramMetric({
    name: 'h',
    help: 'H.',
    labelNames: ['l'],
    buckets: DEFAULT_BUCKETS,
    native: { ...NATIVE, ...native },
  });
}

function bucketsOf(
  metric: HistogramMetric,
  sign: Sign = POSITIVE,
  label = 'a',
): Map<number, number> {
  const listed = new BlockList();
  const buckets = new Map<number, number>();
  metric.labels([label]).listBlocks(sign, listed);
  for (let block = 0; block < listed.length; block++) {
    const offset = listed.offsets[block] as number;
    const counts = listed.values[block]?.subarray(offset, offset + BLOCK_SIZE) ?? [];
    for (const [i, count] of counts.entries()) {
      if (count !== 0) buckets.set((listed.firsts[block] as number) + i, count);
    }
  }
  return buckets;
}

/** From 0.5 to 1. */
const bounds = (schema: number): number[] =>
  Array.from({ length: 2 ** schema }, (_, i) => upperBoundOf(i - 2 ** schema, schema));

const zeroCountOf = (metric: HistogramMetric): number => {
  const { values, offset } = metric.labels(['a']);
  return values[offset + metric.numbers.width - 1] as number;
};

const total = (buckets: ReadonlyMap<number, number>): number =>
  [...buckets.values()].reduce((sum, count) => sum + count, 0);

const anyValue = fc.oneof(
  fc.double(),
  fc.double({ min: 1e-4, max: 1e2, noNaN: true }),
  fc.constantFrom(0, -0, 1, 2, 0.5, 2 ** -128, Number.MAX_VALUE, Infinity, -Infinity, 5e-324),
);

describe('the schema of exponential buckets', () => {
  // Those of client_golang's pickSchema; a factor of 1.1 gets 2 ** (1 / 8), which is 1.09.
  it.each([
    [1.1, 3],
    [1.05, 4],
    [1.2, 2],
    [2, 0],
    [4, -1],
    [65_536, -4],
    [1e9, -4],
    [1.0001, 8],
  ])('of factor %d is %d', (factor, schema) => {
    expect(schemaFor(factor)).toBe(schema);
  });

  it('has the bounds of client_golang, to the last bit', () => {
    expect(bounds(3)).toEqual([
      0.5, 0.5452538663326288, 0.5946035575013605, 0.6484197773255048, 0.7071067811865475,
      0.7711054127039704, 0.8408964152537144, 0.9170040432046711,
    ]);
    expect(bounds(8).slice(-3)).toEqual([
      0.9919100824251095, 0.9945994234836328, 0.9972960560854698,
    ]);
    expect(upperBoundOf(1024, 0)).toBe(Number.MAX_VALUE);
    expect(upperBoundOf(1025, 0)).toBe(Infinity);
    expect(upperBoundOf(64, -4)).toBe(Number.MAX_VALUE);
  });

  it('puts each value into the one bucket whose bounds hold it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2 ** -1000, max: Number.MAX_VALUE, noNaN: true }),
        fc.integer({ min: -4, max: 8 }),
        (value, schema) => {
          const index = bucketIndexOf(value, schema);
          expect(upperBoundOf(index, schema)).toBeGreaterThanOrEqual(value);
          expect(upperBoundOf(index - 1, schema)).toBeLessThan(value);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('has a bucket of its own for infinity, after that of the largest number', () => {
    for (let schema = -4; schema <= 8; schema++) {
      expect(bucketIndexOf(Infinity, schema)).toBe(bucketIndexOf(Number.MAX_VALUE, schema) + 1);
    }
  });
});

describe('a native histogram', () => {
  it('counts what a simple model counts, at the resolution that it has come to', () => {
    const layouts = fc.record({
      bucketFactor: fc.constantFrom(1.01, 1.1, 1.5, 4),
      maxBuckets: fc.constantFrom(1, 3, 20, 160),
      zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.01),
    });
    fc.assert(
      fc.property(layouts, fc.array(anyValue, { maxLength: 60 }), (layout, values) => {
        const metric = histogram(layout);
        for (const value of values) metric.labels(['a']).observe(value);
        const { schema, count, sum } = metric.labels(['a']);
        expect(schema).toBeLessThanOrEqual(schemaFor(layout.bucketFactor));
        const isZero = (value: number) => Math.abs(value) <= layout.zeroThreshold;
        for (const [sign, factor] of [
          [POSITIVE, 1],
          [NEGATIVE, -1],
        ] as const) {
          const expected = new Map<number, number>();
          for (const value of values) {
            if (!(value * factor > 0) || isZero(value)) continue;
            const index = bucketIndexOf(value * factor, schema);
            expected.set(index, (expected.get(index) ?? 0) + 1);
          }
          const found = bucketsOf(metric, sign);
          expect([...found]).toEqual([...expected].sort(([a], [b]) => a - b));
        }
        expect(zeroCountOf(metric)).toBe(values.filter(isZero).length);
        expect(count).toBe(values.length);
        expect(sum).toBe(values.reduce((a, b) => a + b, 0));
        const size = bucketsOf(metric).size + bucketsOf(metric, NEGATIVE).size;
        if (schema > -4) expect(size).toBeLessThanOrEqual(layout.maxBuckets);
      }),
      { numRuns: 500 },
    );
  });

  it('has the classic buckets beside, or +Inf alone without them', () => {
    const both = histogram();
    const alone = histogram({ classicBuckets: false });
    for (const metric of [both, alone]) {
      for (const value of [0.003, 0.2, 0.2, NaN, Infinity, -1]) metric.labels(['a']).observe(value);
      expect(metric.labels(['a']).count).toBe(6);
    }
    expect(both.bounds).toHaveLength(DEFAULT_BUCKETS.length);
    expect(alone.bounds).toHaveLength(0);
  });

  it('counts in the same classic buckets as a classic histogram', () => {
    const someBounds = fc.uniqueArray(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        fc.constantFrom(0, 1, 2, 0.5, 5e-324, Number.MAX_VALUE),
      ),
      { maxLength: 12, comparator: 'SameValueZero' },
    );
    const bucketFactor = fc.constantFrom(1.001, 1.01, 1.1, 4, 1e9);
    fc.assert(
      fc.property(someBounds, bucketFactor, fc.array(anyValue), (unordered, factor, values) => {
        const buckets = unordered.sort((a, b) => a - b);
        const definition = { name: 'h', help: 'H.', buckets };
        const classic = new HistogramMetric(definition).labels([]);
        const native = { ...NATIVE, bucketFactor: factor, maxBuckets: 20 };
        const both = new HistogramMetric({ ...definition, native }).labels([]);
        // Bounds themselves are the values that are easily put into the next bucket.
        for (const value of [...values, ...buckets].filter(Number.isFinite)) {
          classic.observe(value);
          both.observe(value);
        }
        const countsOf = ({ values: numbers, offset }: typeof both) =>
          numbers.slice(offset, offset + buckets.length + 2);
        expect(countsOf(both)).toEqual(countsOf(classic));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes few buckets for values that vary by a factor of ten', () => {
    const metric = histogram();
    for (let i = 0; i < 10_000; i++) metric.labels(['a']).observe(0.02 * 10 ** (i / 10_000));
    // A factor of ten is 26.6 buckets of 2 ** (1 / 8).
    expect(bucketsOf(metric).size).toBeLessThanOrEqual(28);
    expect(metric.labels(['a']).schema).toBe(3);
    expect(total(bucketsOf(metric))).toBe(10_000);
  });

  it('keeps series apart, through growth, halving and reset', () => {
    const metric = histogram({ maxBuckets: 10 });
    for (let i = 0; i < 400; i++) {
      const series = metric.labels([`/${i}`]);
      for (let value = 1; value <= 1 + (i % 40); value++) series.observe(value);
    }
    for (let i = 0; i < 400; i++) {
      expect(total(bucketsOf(metric, POSITIVE, `/${i}`))).toBe(1 + (i % 40));
    }
    metric.reset();
    expect(total(bucketsOf(metric, POSITIVE, '/39'))).toBe(0);
    expect(metric.labels(['/39']).schema).toBe(3);
    metric.labels(['/39']).observe(1);
    expect([...bucketsOf(metric, POSITIVE, '/39')]).toEqual([[0, 1]]);
    expect(total(bucketsOf(metric, POSITIVE, '/38'))).toBe(0);
  });

  it('forgets the buckets, exemplars and start of a removed series', () => {
    const metric = histogram({ maxBuckets: 2 });
    const remove = [() => metric.remove(['a']), () => metric.clear()];
    for (const take of remove) {
      for (const value of [1, 10, 100]) metric.labels(['a']).observe(value, { trace_id: 'x' });
      metric.labels(['b']).observe(5);
      take();
      const again = Date.now();
      metric.labels(['a']).observe(1);
      expect([...bucketsOf(metric)]).toEqual([[0, 1]]);
      expect(metric.labels(['a'])).toMatchObject({ schema: 3, exemplars: undefined });
      expect(metric.labels(['a']).createdAt).toBeGreaterThanOrEqual(again);
    }
  });

  it('merges other resolutions at the coarsest', () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(values, values, fc.constantFrom(1.02, 1.3, 3), (own, other, bucketFactor) => {
        const metric = histogram();
        const second = histogram({ bucketFactor });
        for (const value of own) metric.labels(['a']).observe(value);
        for (const value of other) second.labels(['a']).observe(value);
        const { slot } = metric.labels(['a']);
        const { schema } = second.labels(['a']);
        for (const [index, count] of bucketsOf(second)) {
          metric.native?.merge(slot, schema, index, POSITIVE, count);
        }
        const merged = metric.labels(['a']).schema;
        if (other.length > 0) expect(merged).toBeLessThanOrEqual(schema);
        const expected = new Map<number, number>();
        for (const value of [...own, ...other]) {
          const index = bucketIndexOf(value, merged);
          expected.set(index, (expected.get(index) ?? 0) + 1);
        }
        expect([...bucketsOf(metric)]).toEqual([...expected].sort(([a], [b]) => a - b));
      }),
    );
  });
});
