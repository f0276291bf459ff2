import type { Pace } from '../core/pace.js';
import type { Chosen, Source } from './choose-definitions.js';
import {
  isLiveOnly,
  isPerProcess,
  signatureOf,
  type FamilyValues,
} from './files/family-definition.js';
import { MergedFamily, pidOf } from './merged-family.js';

export interface MergeOptions {
  /** The definition of each name; what is defined differently is left out. */
  readonly definitions: ReadonlyMap<string, Chosen>;
  /** Most label sets of a family. @default no limit */
  readonly maxSeriesOf?: (definition: Chosen['definition']) => number;
  /** Whether the values that an ended process had in mode `all` are kept. @default yes */
  readonly keepsPid?: (pid: string) => boolean;
}

/** Series between two looks at the clock. */
const STRIDE = 64;

/**
 * Puts the values of several processes together. Of gauges in mode `all` that two sources have for
 * one pid, the later one counts.
 *
 * @param sources the dead before the living
 */
export async function mergeSources(
  sources: readonly Source[],
  options: MergeOptions,
  pace: Pace,
): Promise<MergedFamily[]> {
  const { definitions, maxSeriesOf = () => Number.MAX_SAFE_INTEGER } = options;
  const merged = new Map<string, MergedFamily>();
  for (const source of sources) {
    for (const part of source.families) {
      const { name, mode } = part.definition;
      const chosen = definitions.get(name);
      if (chosen === undefined || chosen.signature !== signatureOf(part.definition)) continue;
      if (!source.isLive && isLiveOnly(mode)) continue;
      let family = merged.get(name);
      if (family === undefined) {
        family = new MergedFamily(chosen.definition, maxSeriesOf(chosen.definition));
        merged.set(name, family);
      }
      await addPart(family, source, part, options, pace);
    }
  }
  return [...merged.values()];
}

async function addPart(
  family: MergedFamily,
  { values, pid, isLive }: Source,
  part: FamilyValues,
  { keepsPid = () => true }: MergeOptions,
  pace: Pace,
): Promise<void> {
  const { definition, labelSets } = part;
  const ownPid = isPerProcess(definition.mode) ? pid : undefined;
  const isFiltered = !isLive && isPerProcess(definition.mode);
  // As many as have a value: a process may add label sets while this goes on.
  const { length } = part.positions;
  for (let index = 0; index < length; index++) {
    const isDropped =
      isFiltered && !keepsPid(ownPid ?? pidOf(definition, labelSets[index] as readonly string[]));
    if (!isDropped) family.add(part, values, index, ownPid);
    if (index % STRIDE === STRIDE - 1 && pace.isOver) await pace.rest();
  }
}
