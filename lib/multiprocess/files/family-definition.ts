import { isAddedUp, widthOf, type MetricType, type NativeLayout } from '../../metrics/layout.js';
import type { MultiprocessMode } from '../../metrics/multiprocess-mode.js';
import { BLOCK_SIZE } from '../../metrics/native-buckets.js';

/** What processes have to agree on, to be shown together, and what is shown with it. */
export interface FamilyDefinition {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  /** Upper bounds of a histogram, without `+Inf`. */
  readonly bounds?: readonly number[] | undefined;
  /** Of a histogram that has exponential buckets, which are a family beside it, see `part`. */
  readonly native?: NativeLayout | undefined;
  /**
   * Present where this is not the metric itself, but the exponential buckets of its series. Each of
   * its label sets is a block of neighbouring buckets: the label values of the series, and after
   * them schema and key of the block, which has its counts as numbers. It stands behind the metric.
   */
  readonly part?: 'buckets' | undefined;
  /** How a gauge's values become one. */
  readonly mode?: MultiprocessMode | undefined;
  /** Most label sets that are kept of processes that have ended. */
  readonly maxSeries: number;
  /**
   * The places of a series end with what rounding took off the first number, as in a fold: the sum of fractions is then the same in whichever order processes end.
   * @default false
   */
  readonly isExact?: boolean | undefined;
  /** Of a metric of prom-client: a label that is empty was never set. */
  readonly isClient?: boolean | undefined;
}

/** The label values of one series, in the order of the family's label names. */
export type LabelSet = readonly string[];

/** Label sets of one family, and the places of their numbers. */
export interface FamilyValues {
  readonly definition: FamilyDefinition;
  /** `undefined` where a label set was removed. */
  readonly labelSets: readonly (LabelSet | undefined)[];
  /** Of the first number of each label set. */
  readonly positions: readonly number[];
}

/** All numbers of one process at one moment. */
export interface Snapshot {
  readonly families: readonly FamilyValues[];
  readonly values: Float64Array;
}

/** The label that tells the processes of modes `all` and `liveall` apart. */
export const PID_LABEL = 'pid';

/** How many numbers a label set counts with in a file. */
export function numbersOf(definition: FamilyDefinition): number {
  return definition.part === 'buckets' ? BLOCK_SIZE : widthOf(definition);
}

/**
 * How many places a label set has in a file: for its numbers, for its start where it is dated, and
 * for the rest where the family is exact.
 */
export function placesOf(definition: FamilyDefinition): number {
  const { isExact = false } = definition;
  return numbersOf(definition) + (isDated(definition) ? 1 : 0) + (isExact ? 1 : 0);
}

/**
 * Whether the numbers of a label set are followed by when it was made or reset, in milliseconds since
 * the epoch. Nobody knows that of the metrics of prom-client.
 */
export function isDated({ type, part, isClient }: FamilyDefinition): boolean {
  return isAddedUp(type) && part === undefined && isClient !== true;
}

export function isPerProcess(mode: MultiprocessMode | undefined): boolean {
  return mode === 'all' || mode === 'liveall';
}

/** Whether the values of processes that have ended do not count. */
export function isLiveOnly(mode: MultiprocessMode | undefined): boolean {
  return mode?.startsWith('live') === true;
}

/**
 * Whether what a process counts stays when it ends, and is added to what others count. Gauges of mode
 * `sum` are, too.
 */
export function accumulates({ type, mode }: FamilyDefinition): boolean {
  return type !== 'gauge' || mode === 'sum';
}

/** The label names under which a family is shown: with `pid` where processes stay apart. */
export function shownLabelNames({ labelNames, mode }: FamilyDefinition): readonly string[] {
  return isPerProcess(mode) && !labelNames.includes(PID_LABEL)
    ? [...labelNames, PID_LABEL]
    : labelNames;
}

/** The same for families that can be added up. */
export function signatureOf(definition: FamilyDefinition): string {
  const { type, bounds = [], native, mode = '' } = definition;
  // Of different resolutions, the coarsest holds for all; the zero buckets have to be the same.
  const { zeroThreshold = null } = native ?? {};
  return JSON.stringify([type, shownLabelNames(definition), bounds, mode, zeroThreshold]);
}
