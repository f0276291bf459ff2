/**
 * The exponential buckets of native histograms. A schema `n` divides each power of two into `2 ** n`
 * buckets (with a negative one, a bucket holds several powers of two); bucket 0 ends at 1. Bounds and
 * indexes are those of client_golang, to the last bit.
 *
 * @see https://prometheus.io/docs/specs/native_histograms/
 */

export const FINEST_SCHEMA = 8;
export const COARSEST_SCHEMA = -4;

const SCRATCH = new Float64Array(1);
const SCRATCH_WORDS = new Uint32Array(SCRATCH.buffer);
/** Where the upper half of a number is. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

const MANTISSA = 0xf_ffff;
const EXPONENT_BIAS = 1023;

/** Parts of equal width into which the numbers from 0.5 to 1 are divided to find a bound at once. */
const CELL_BITS = 8;

/** The buckets from 0.5 to 1 of a schema that is not negative. */
interface SchemaTable {
  /** Their upper bounds. */
  readonly bounds: Float64Array;
  /** The bits of their mantissas, of each bound the upper half and the lower one. */
  readonly mantissas: Uint32Array;
  /** By cell: the first bound that is not below the cell. */
  readonly firstBounds: Uint16Array;
}

/** By schema. Each is made when it is first asked for: most applications have no such histogram. */
const TABLES: (SchemaTable | undefined)[] = [];

/** Makes the smallest numbers normal ones. */
const SUBNORMAL_SHIFT = 54;

/**
 * The finest schema whose buckets grow by no more than the factor.
 *
 * @param bucketFactor above 1; one that is finer than the finest schema gets that
 */
export function schemaFor(bucketFactor: number): number {
  const exponent = Math.floor(Math.log2(Math.log2(bucketFactor)));
  return Math.min(FINEST_SCHEMA, Math.max(COARSEST_SCHEMA, 0 - exponent));
}

/**
 * The index of the bucket that holds a value.
 *
 * @param value positive; infinity is in the bucket after that of the largest number
 */
export function bucketIndexOf(value: number, schema: number): number {
  if (value === Infinity) return bucketIndexOf(Number.MAX_VALUE, schema) + 1;
  const table = schema > 0 ? schema : 0;
  SCRATCH[0] = value;
  let exponent = (SCRATCH_WORDS[HIGH] as number) >>> 20;
  if (exponent === 0) {
    SCRATCH[0] = value * 2 ** SUBNORMAL_SHIFT;
    exponent = ((SCRATCH_WORDS[HIGH] as number) >>> 20) - SUBNORMAL_SHIFT;
  }
  // Compared as whole numbers, because a number that was put together from halves is slow to read.
  const high = (SCRATCH_WORDS[HIGH] as number) & MANTISSA;
  const low = SCRATCH_WORDS[LOW] as number;
  const { mantissas, firstBounds } = TABLES[table] ?? makeTable(table);
  let bound = firstBounds[high >>> (20 - CELL_BITS)] as number;
  for (let i = bound * 2; i < mantissas.length; i += 2) {
    const boundHigh = mantissas[i] as number;
    if (boundHigh > high || (boundHigh === high && (mantissas[i + 1] as number) >= low)) break;
    bound++;
  }
  const index = ((exponent - EXPONENT_BIAS) << table) + bound;
  return schema < 0 ? coarserIndex(index, -schema) : index;
}

/** The index of the bucket that holds a bucket when the schema is lower by `steps`. */
export function coarserIndex(index: number, steps: number): number {
  return (index + (1 << steps) - 1) >> steps;
}

/** The upper bound of a bucket, which belongs to it. */
export function upperBoundOf(index: number, schema: number): number {
  const table = Math.max(schema, 0);
  const place = schema < 0 ? index * 2 ** -schema : index;
  const exponent = (place >> table) + 1;
  const { bounds } = TABLES[table] ?? makeTable(table);
  const fraction = bounds[place & ((1 << table) - 1)] as number;
  // The bucket before that of infinity ends with the largest number.
  if (exponent === 1025 && fraction === 0.5) return Number.MAX_VALUE;
  return exponent > 1000 ? fraction * 2 ** (exponent - 1000) * 2 ** 1000 : fraction * 2 ** exponent;
}

function makeTable(schema: number): SchemaTable {
  const bounds = boundsOf(schema);
  const table = { bounds, mantissas: mantissasOf(bounds), firstBounds: firstBoundsOf(bounds) };
  TABLES[schema] = table;
  return table;
}

/**
 * Every second bound is one of the coarser schema, which keeps the numbers exact. `Math.exp` gives
 * the very factors that client_golang has; `2 ** x` does not.
 */
function boundsOf(schema: number): Float64Array {
  const bounds = new Float64Array(2 ** schema).fill(0.5);
  if (schema === 0) return bounds;
  const coarser = boundsOf(schema - 1);
  const factor = Math.exp(Math.LN2 * 2 ** -schema);
  for (let i = 1; i < bounds.length; i++) {
    bounds[i] = i % 2 === 0 ? (coarser[i / 2] as number) : (bounds[i - 1] as number) * factor;
  }
  return bounds;
}

function mantissasOf(bounds: Float64Array): Uint32Array {
  const words = new Uint32Array(Float64Array.from(bounds).buffer);
  return Uint32Array.from(words, (_, i) => {
    const high = words[(i & ~1) + HIGH] as number;
    return i % 2 === 0 ? high & MANTISSA : (words[(i & ~1) + LOW] as number);
  });
}

function firstBoundsOf(bounds: Float64Array): Uint16Array {
  const cells = 2 ** CELL_BITS;
  let first = 0;
  return Uint16Array.from({ length: cells }, (_, cell) => {
    while (first < bounds.length && (bounds[first] as number) < 0.5 + cell / cells / 2) first++;
    return first;
  });
}
