import { BOOLEAN, COUNT, NOT_NEGATIVE, withDefault, type Check } from './checks.js';
import { optionPlace } from './place.js';
import { switched, type OptionTable, type Resolved, type Resolver } from './table.js';

/**
 * How a histogram counts in exponential buckets beside its classic ones.
 *
 * @see https://prometheus.io/docs/specs/native_histograms/
 */
export interface NativeHistogramOptions {
  /**
   * By how much each bucket is wider than the one before, at most: the schema is the coarsest whose
   * buckets grow by no more.
   *
   * @default 1.1
   */
  bucketFactor?: number;
  /** Buckets of one series; past them the resolution is halved. @default 160 */
  maxBuckets?: number;
  /** Observations up to this one, without their sign, count as zero; 0: zero alone. @default 2 ** -128 */
  zeroThreshold?: number;
  /** `false` leaves out the classic buckets, in every format. @default true */
  classicBuckets?: boolean;
}

const FACTOR: Check<number> = {
  expects: 'a number above 1',
  isRight: (value): value is number => typeof value === 'number' && value > 1 && value < Infinity,
};

const NATIVE_HISTOGRAM_OPTIONS = {
  bucketFactor: withDefault(FACTOR, 1.1),
  maxBuckets: withDefault(COUNT, 160),
  zeroThreshold: withDefault(NOT_NEGATIVE, 2 ** -128),
  classicBuckets: withDefault(BOOLEAN, true),
} satisfies OptionTable<NativeHistogramOptions>;

/** The same, checked and complete. */
export type NativeHistogramSettings = Resolved<typeof NATIVE_HISTOGRAM_OPTIONS>;

/** Option `nativeHistograms`; `undefined` when it is off. */
export const nativeHistograms = switched(NATIVE_HISTOGRAM_OPTIONS, {
  expects: 'true, false, or an object of options',
});

/** Option `native` of one histogram; `undefined`: as the module has it. */
export const native: Resolver<NativeHistogramSettings | boolean | undefined> = (value, place) =>
  value === undefined || value === true ? value : (nativeHistograms(value, place) ?? false);

/**
 * What holds for one histogram.
 *
 * @param own its option `native`
 * @param module option `nativeHistograms`
 * @returns `undefined`: classic buckets alone
 */
export function nativeSettingsFor(
  own: NativeHistogramSettings | boolean | undefined,
  module: NativeHistogramSettings | undefined,
): NativeHistogramSettings | undefined {
  if (own === undefined) return module;
  if (own === false) return undefined;
  return own === true ? (module ?? nativeHistograms(true, optionPlace('native'))) : own;
}
