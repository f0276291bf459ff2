import type { Pace } from '../core/pace.js';
import {
  isLiveOnly,
  isPerProcess,
  signatureOf,
  type FamilyDefinition,
  type FamilyValues,
  type LabelSet,
} from './files/family-definition.js';
import { MergedFamily, pidOf } from './merged-family.js';
import type { Source } from './sources.js';

export interface MergeOptions {
  /** Whether families of this definition take part. @default all */
  readonly accepts?: (definition: FamilyDefinition, signature: string) => boolean;
  /** Most label sets of a family. @default no limit */
  readonly maxSeriesOf?: (definition: FamilyDefinition) => number;
  /** Whether the values that an ended process had in mode `all` are kept. @default yes */
  readonly keepsPid?: (pid: string) => boolean;
}

/** Series between two looks at the clock. */
const STRIDE = 64;

/**
 * Puts the values of several processes together, those of each definition of a name for themselves.
 * Of gauges in mode `all` that two sources have for one pid, the later one counts.
 *
 * @param sources those of ended processes before the others
 */
export async function mergeSources(
  sources: readonly Source[],
  { accepts, maxSeriesOf, keepsPid }: MergeOptions,
  pace: Pace,
): Promise<MergedFamily[]> {
  const merged = new Map<string, MergedFamily>();
  for (const source of sources) {
    for (const part of source.families) {
      const { definition } = part;
      const signature = signatureOf(definition);
      if (accepts?.(definition, signature) === false) continue;
      if (!source.isLive && isLiveOnly(definition.mode)) continue;
      const key = `${definition.name} ${signature}`;
      let family = merged.get(key);
      if (family === undefined) {
        family = new MergedFamily(definition, maxSeriesOf?.(definition));
        merged.set(key, family);
      }
      await addPart(family, source, part, source.isLive ? undefined : keepsPid, pace);
    }
  }
  return [...merged.values()];
}

async function addPart(
  family: MergedFamily,
  { values, pid }: Source,
  part: FamilyValues,
  keepsPid: MergeOptions['keepsPid'],
  pace: Pace,
): Promise<void> {
  const { definition, labelSets, positions } = part;
  const isApart = isPerProcess(definition.mode);
  const ownPid = isApart ? pid : undefined;
  const isDropped = (labelSet: LabelSet): boolean =>
    isApart && keepsPid?.(ownPid ?? pidOf(definition, labelSet)) === false;
  for (let index = 0; index < positions.length; index++) {
    const labelSet = labelSets[index];
    if (labelSet !== undefined && definition.part === 'buckets') {
      family.addBlock(labelSet, values, positions[index] as number);
    } else if (labelSet !== undefined && !isDropped(labelSet)) {
      family.add(part.definition, labelSet, values, positions[index] as number, ownPid);
    }
    if (index % STRIDE === STRIDE - 1 && pace.isOver) await pace.rest();
  }
}
