import type { FamilyType } from '../metrics/names.js';
import type { LabelSetSamples } from './checked-samples.js';
import type { SeriesFamily } from './family.js';
import type { LabelPart } from './label-part.js';
import type { Sink } from './sink.js';

/** How families become the bytes of a body. */
export interface Format {
  readonly name: 'text' | 'openmetrics' | 'protobuf';
  /** The whole `Content-Type` of a body in this format. */
  readonly contentType: string;
  /**
   * What the samples of a family must be like for it to stand under its own type:
   * - `anything`: whatever they are
   * - `whole`: none left out, and counts that are whole numbers
   * - `openmetrics`: none left out, and the values that OpenMetrics allows the type
   */
  readonly asks: 'anything' | 'whole' | 'openmetrics';
  /** Whether a family of this type can have this name. */
  allows(name: string, type: FamilyType): boolean;
  /** Names that no other family of the same body can have for itself or for a sample. */
  reservedNames(name: string, type: FamilyType): readonly string[];
  /** Begins a family: writes what stands before its first label set. */
  begin(block: Block, sink: Sink): BlockWriter;
  /** Writes what follows the last family. */
  end(sink: Sink): void;
}

/** A family as it stands in a body, or what one of its sample names has become there. */
export interface Block {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly content: Content;
  /** The sample names that are written. */
  readonly names: ReadonlySet<string>;
}

/** Writes a family into the sink that it was begun with. */
export interface BlockWriter {
  /** Of label sets. May grow while they are written. */
  readonly length: number;
  /** Writes one label set, all of it at the same moment. */
  write(index: number): void;
  /** Writes what follows the last label set. */
  end(): void;
}

/** The label sets of a family and their numbers, checked. */
export type Content = SeriesContent | SampleContent;

/** Series in the layout of the store. */
export interface SeriesContent {
  readonly family: SeriesFamily;
  /** Of every series, after its own. */
  readonly extraLabels: readonly LabelPart[];
}

/** Samples of a client metric, brought together by label set. */
export interface SampleContent {
  readonly labelSets: readonly LabelSetSamples[];
}

/** How many label sets there are. */
export function lengthOf(content: Content): number {
  return 'family' in content ? content.family.series.length : content.labelSets.length;
}

/** A family that was checked and filtered, and can be written in any format. */
export interface PreparedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: FamilyType;
  /** Names of the samples that it has to write. */
  readonly sampleNames: readonly string[];
  /** Whether its samples can stand under its own name and type in the format asked for. */
  readonly keepsType: boolean;
  readonly content: Content;
}
