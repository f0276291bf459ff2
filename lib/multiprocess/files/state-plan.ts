import { bytesOf, HEADER_BYTES, type Commit } from './file-format.js';
import type { Ledger } from './ledger.js';
import type { Part } from './write-all.js';

/** The smallest area, in bytes. A larger one has room for twice of what it is made for. */
const SMALLEST_AREA = 4096;

/** Areas of values that are ever in use: those of the last two states, and of two that are written. */
const VALUE_AREAS = 4;

/** The largest area, in bytes, whose room is taken when it is added: 1 ms or less. */
const LARGEST_RESERVED = 1_048_576;

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
  /** Takes room at the end of the file before it is needed, as far as there is any. */
  reserve(position: number, length: number): void;
}

/** Where the next state of a file goes, and what has to be written for it. */
export function planFor(file: StateFile, ledger: Ledger, isClosed: boolean): Plan {
  const { newest: before } = file;
  const { keyEpoch, keyBytes, keyChecksum, valueCount } = ledger;
  const goesOn = before?.commit.keyEpoch === keyEpoch && keyBytes <= before.keys.capacity;
  const known = goesOn ? before.commit.keyBytes : 0;
  const keys = goesOn ? before.keys : freeArea(file, keyBytes, [], 1);
  const values = freeArea(file, valueCount * 8, [keys], VALUE_AREAS);
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

/**
 * An area that is of no use to the last two states, and to what is being written.
 *
 * Where one has to be added, so are those that later states will need, and their room is taken at
 * once: a disk that fills keeps nobody from writing what has its place already.
 *
 * @param count of areas that states of this size need
 */
function freeArea(file: StateFile, bytes: number, others: readonly Area[], count: number): Area {
  const { areas, newest, previous, next } = file;
  const used = new Set<Area | undefined>(others);
  for (const place of [newest, previous, next]) used.add(place?.keys).add(place?.values);
  const free = areas.find((area) => area.capacity >= bytes && !used.has(area));
  if (free !== undefined) return free;
  const last = areas.at(-1);
  const position = last === undefined ? HEADER_BYTES : last.position + last.capacity;
  const capacity = Math.max(SMALLEST_AREA, bytes * 2);
  const area = { position, capacity };
  areas.push(area);
  if (capacity > LARGEST_RESERVED) return area;
  for (let i = 1; i < count; i++) areas.push({ position: position + i * capacity, capacity });
  file.reserve(position, count * capacity);
  return area;
}
