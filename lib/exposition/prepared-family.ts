import type { MetricType } from '../metrics/metric.js';

/** `unknown` is what the text format calls `untyped`. */
export type FamilyType = MetricType | 'unknown';

/** The lines of a family, one text per label set. */
export interface Lines {
  /** May grow while it is read. */
  readonly length: number;
  /** All lines of one label set, each with its line feed. */
  text(index: number): string;
}

/** A family that was checked and filtered, and can be written in any format. */
export interface PreparedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: FamilyType;
  /** Names of the samples that it has to write. */
  readonly sampleNames: readonly string[];
  /** Whether its samples can stand under its own name and type in the format asked for. */
  readonly native: boolean;
  /**
   * @param names the samples that are wanted
   * @param exemplars whether exemplars are written
   */
  lines(names: ReadonlySet<string>, exemplars: boolean): Lines;
}
