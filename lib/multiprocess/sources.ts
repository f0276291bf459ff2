import { signatureOf, type FamilyDefinition, type Snapshot } from './files/family-definition.js';
import type { FileReader } from './files/file-reader.js';
import type { ProcessFile } from './reading.js';

/** One process' part of what is put together, or that of ended ones. */
export interface Source extends Snapshot {
  /** As in the label. @default none, for a fold, where it stands with the values */
  readonly pid?: string | undefined;
  readonly isLive: boolean;
}

export function sourceOf({ state, file }: ProcessFile): Source {
  const { families, values, process } = file;
  return { families, values, pid: process?.pid ?? '', isLive: state !== 'ended' };
}

export function foldSource({ families, values }: FileReader): Source {
  return { families, values, isLive: false };
}

/** Of this process, as far as it has come: it goes on while its values are being added up. */
export function ownSource({ families, values }: Snapshot, pid: string): Source {
  return {
    families: families.map(({ definition, labelSets, positions }) => ({
      definition,
      labelSets: labelSets.slice(),
      positions: positions.slice(),
    })),
    values: values.slice(),
    pid,
    isLive: true,
  };
}

/** The definition under which a name is shown. */
export interface Chosen {
  readonly definition: FamilyDefinition;
  readonly signature: string;
  /** Whether some processes have another one, and are left out. */
  readonly isContested: boolean;
}

interface Candidate {
  readonly definition: FamilyDefinition;
  live: number;
}

/**
 * Chooses for each name the definition that most living processes have; of equally many, that of
 * the process which comes first. What is defined differently cannot be added up.
 *
 * @param sources in the order in which the processes started
 */
export function chooseDefinitions(sources: readonly Source[]): Map<string, Chosen> {
  const byName = new Map<string, Map<string, Candidate>>();
  for (const { families, isLive } of sources) {
    for (const { definition } of families) {
      if (definition.part !== undefined) continue;
      const candidates = byName.get(definition.name) ?? new Map<string, Candidate>();
      byName.set(definition.name, candidates);
      const signature = signatureOf(definition);
      const candidate = candidates.get(signature) ?? { definition, live: 0 };
      candidates.set(signature, candidate);
      if (isLive) candidate.live += 1;
    }
  }
  const chosen = new Map<string, Chosen>();
  for (const [name, candidates] of byName) {
    let best: Chosen | undefined;
    let most = -1;
    for (const [signature, { definition, live }] of candidates) {
      if (live <= most) continue;
      best = { definition, signature, isContested: candidates.size > 1 };
      most = live;
    }
    if (best !== undefined) chosen.set(name, best);
  }
  return chosen;
}
