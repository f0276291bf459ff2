import { bytesOf, HEADER_BYTES, type Commit } from './file-format.js';
import type { Ledger } from './ledger.js';
import type { Part } from './write-all.js';

/** The smallest area, in bytes. A larger one has room for twice of what it is made for. */
const SMALLEST_AREA = 4096;

export interface Area {
  readonly position: number;
  readonly capacity: number;
}

/** What was committed, and where it is. */
export interface State {
  readonly commit: Commit;
  readonly keys: Area;
  readonly values: Area;
}

/** A state to come. */
export interface Plan {
  /** The one that it follows. */
  readonly before: State | undefined;
  readonly keys: Area;
  readonly values: Area;
  readonly addedKeys: Part;
  readonly numbers: Part;
  /** Without the checksum of the values. */
  readonly commit: Omit<Commit, 'valueChecksum'>;
}

/** A file as far as its states go. */
export interface StateFile {
  readonly areas: Area[];
  newest: State | undefined;
  /** The state before the newest one, which stays readable. */
  previous: State | undefined;
  /** What is being written. */
  next: Plan | undefined;
}

/** Where the next state of a file goes, and what has to be written for it. */
export function planFor(file: StateFile, ledger: Ledger, isClosed: boolean): Plan {
  const { newest: before } = file;
  const { keyEpoch, keyBytes, keyChecksum, valueCount } = ledger;
  const goesOn = before?.commit.keyEpoch === keyEpoch && keyBytes <= before.keys.capacity;
  const known = goesOn ? before.commit.keyBytes : 0;
  const keys = goesOn ? before.keys : freeArea(file, keyBytes, []);
  const values = freeArea(file, valueCount * 8, [keys]);
  return {
    before,
    keys,
    values,
    addedKeys: {
      bytes: ledger.keys.subarray(known, keyBytes),
      position: keys.position + known,
    },
    numbers: { bytes: bytesOf(ledger.values, valueCount), position: values.position },
    commit: {
      generation: (before?.commit.generation ?? 0) + 1,
      isClosed,
      keyEpoch,
      keyPosition: keys.position,
      keyBytes,
      keyChecksum,
      valuePosition: values.position,
      valueCount,
    },
  };
}

/** An area that is of no use to the last two states, and to what is being written. */
function freeArea(
  { areas, newest, previous, next }: StateFile,
  bytes: number,
  others: readonly Area[],
): Area {
  const used = new Set<Area | undefined>(others);
  for (const place of [newest, previous, next]) used.add(place?.keys).add(place?.values);
  const free = areas.find((area) => area.capacity >= bytes && !used.has(area));
  if (free !== undefined) return free;
  const last = areas.at(-1);
  const position = last === undefined ? HEADER_BYTES : last.position + last.capacity;
  const area = { position, capacity: Math.max(SMALLEST_AREA, bytes * 2) };
  areas.push(area);
  return area;
}
