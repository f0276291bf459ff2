import type { NativeBuckets } from '../metrics/native-buckets.js';
import { BLOCK_SIZE } from '../metrics/native-buckets.js';
import type { LabelSet } from './files/family-definition.js';
import type { Ledger } from './files/ledger.js';

/** What tells the blocks of one series apart. */
type BlockName = `${number} ${number}`;

/** Copies the exponential buckets of one histogram to a family of the ledger, see `FamilyDefinition`. */
export class BlockRecorder {
  /** By the index of a series in the metric: the positions of its blocks. */
  readonly #positions: (Map<BlockName, number> | undefined)[] = [];

  constructor(
    private readonly ledger: Ledger,
    /** That of the blocks. */
    readonly family: number,
    private readonly native: NativeBuckets,
  ) {}

  /**
   * Copies the blocks of a series. Those that it has no more, since its resolution was lowered, keep
   * their places, and count nothing: what others have taken of them is subtracted there.
   *
   * @param labelSet of the series
   */
  copy(index: number, slot: number, labelSet: () => LabelSet): void {
    const { native, ledger } = this;
    const positions = (this.#positions[index] ??= new Map<BlockName, number>());
    const gone = new Map(positions);
    const schema = native.schemaOf(slot);
    const fresh: [BlockName, LabelSet][] = [];
    native.visitBlocks(slot, (key) => {
      const name: BlockName = `${schema} ${key}`;
      if (positions.has(name)) gone.delete(name);
      else fresh.push([name, [...labelSet(), String(schema), String(key)]]);
    });
    const sets = fresh.map(([, set]) => set);
    for (const [nth, position] of ledger.addLabelSets(this.family, sets).entries()) {
      positions.set((fresh[nth] as [BlockName, LabelSet])[0], position);
    }
    native.visitBlocks(slot, (key, counts, offset) => {
      const position = positions.get(`${schema} ${key}`) as number;
      for (let i = 0; i < BLOCK_SIZE; i++) ledger.write(position + i, counts[offset + i] as number);
    });
    for (const position of gone.values()) {
      for (let i = 0; i < BLOCK_SIZE; i++) ledger.write(position + i, 0);
    }
  }

  /** Takes the blocks of series out, with what was counted there. */
  remove(indexes: readonly number[]): void {
    const removed = indexes.flatMap((index) => [...(this.#positions[index]?.values() ?? [])]);
    for (const index of indexes) this.#positions[index] = undefined;
    if (removed.length > 0) this.ledger.remove(this.family, removed);
  }
}
