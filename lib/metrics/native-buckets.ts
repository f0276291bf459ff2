import type { BlockList } from './block-list.js';
import type { NativeLayout } from './layout.js';
import { coarserIndex, COARSEST_SCHEMA } from './native-schema.js';
import { SlotPages } from './slot-pages.js';
import { withPlace } from './typed-column.js';

/** Neighbouring buckets, 2 to this power, that are kept together. */
const BLOCK_BITS = 4;
// Shifted, because V8 keeps a power as a floating-point number, and so all that is counted with it.
export const BLOCK_SIZE = 1 << BLOCK_BITS;

/** Stands for no block; the others have the number of their slot, counted from 1. */
const NONE = 0;

/** What is kept of a block: its key, and the block that follows it. */
const KEY = 0;
const FOLLOWING = 1;
const LINKS = 2;

/** What is kept of a series: its first block, its buckets, and by how much its schema was lowered. */
const FIRST = 0;
const SIZE = 1;
const STEPS = 2;
const FACTS = 3;

export const POSITIVE = 0;
export const NEGATIVE = 1;
export type Sign = typeof POSITIVE | typeof NEGATIVE;

/**
 * Is told of a block of neighbouring buckets: what it is, at the schema of its series, and where its
 * `BLOCK_SIZE` counts are.
 */
export type BlockVisitor = (key: number, counts: Float64Array, offset: number) => void;

/**
 * The exponential buckets of all series of a metric, by their slots, in shared typed arrays: a
 * series has room for the buckets that it uses and for a few of their neighbours.
 *
 * The buckets of a series lie in blocks of 16 that form a list, ordered by their keys: the number
 * of the block times two, plus the sign. A list is short: two or three blocks where the values vary
 * by a factor of ten at the default resolution.
 */
export class NativeBuckets implements NativeLayout {
  // Plain fields: a reading of a #private field is slower before the code is optimized.
  readonly schema: number;
  readonly maxBuckets: number;
  readonly zeroThreshold: number;
  private readonly counts = new SlotPages(BLOCK_SIZE);
  private links = new Int32Array(LINKS);
  private facts = new Int32Array(0);
  /** The first of the blocks that are not in use. */
  private free = NONE;

  constructor({ schema, maxBuckets, zeroThreshold }: NativeLayout) {
    this.schema = schema;
    this.maxBuckets = maxBuckets;
    this.zeroThreshold = zeroThreshold;
  }

  /** Makes a place for a series, without buckets. */
  add(slot: number): void {
    this.facts = withPlace(this.facts, slot * FACTS + FACTS - 1);
    this.clear(slot);
  }

  schemaOf(slot: number): number {
    return this.schema - (this.facts[slot * FACTS + STEPS] as number);
  }

  /** How many buckets the series has, of both signs. */
  sizeOf(slot: number): number {
    return this.facts[slot * FACTS + SIZE] as number;
  }

  /**
   * Counts a value.
   *
   * @param index of its bucket at the first schema
   */
  countUp(slot: number, index: number, sign: Sign): void {
    const { facts, links, counts } = this;
    const at = coarserIndex(index, facts[slot * FACTS + STEPS] as number);
    const key = ((at >> BLOCK_BITS) << 1) | sign;
    let block = facts[slot * FACTS + FIRST] as number;
    while (block !== NONE && links[block * LINKS + KEY] !== key) {
      block = links[block * LINKS + FOLLOWING] as number;
    }
    if (block !== NONE) {
      const values = counts.valuesOf(block - 1);
      const place = counts.offsetOf(block - 1) + (at & (BLOCK_SIZE - 1));
      const before = values[place] as number;
      if (before !== 0) {
        values[place] = before + 1;
        return;
      }
    }
    this.put(slot, at, sign, 1);
    this.limit(slot);
  }

  /** Lists the blocks that have the buckets of one sign. */
  listBlocks(slot: number, sign: Sign, list: BlockList): void {
    list.clear();
    const { links, counts } = this;
    let block = this.facts[slot * FACTS + FIRST] as number;
    for (; block !== NONE; block = links[block * LINKS + FOLLOWING] as number) {
      const key = links[block * LINKS + KEY] as number;
      if ((key & 1) !== sign) continue;
      list.add((key >> 1) << BLOCK_BITS, counts.valuesOf(block - 1), counts.offsetOf(block - 1));
    }
  }

  /** Tells of all blocks of a series, which must not change meanwhile. */
  visitBlocks(slot: number, visit: BlockVisitor): void {
    let block = this.facts[slot * FACTS + FIRST] as number;
    for (; block !== NONE; block = this.links[block * LINKS + FOLLOWING] as number) {
      const key = this.links[block * LINKS + KEY] as number;
      visit(key, this.counts.valuesOf(block - 1), this.counts.offsetOf(block - 1));
    }
  }

  /** As `merge` for each bucket of a block that is not empty. */
  mergeBlock(slot: number, schema: number, key: number, counts: Float64Array, at: number): void {
    const sign = (key & 1) as Sign;
    const first = (key >> 1) << BLOCK_BITS;
    for (let i = 0; i < BLOCK_SIZE; i++) {
      this.merge(slot, schema, first + i, sign, counts[at + i] as number);
    }
  }

  /** Lowers the resolution of a series, so that its schema is no finer than the given one. */
  coarsen(slot: number, schema: number): void {
    const steps = this.schemaOf(slot) - schema;
    if (steps <= 0) return;
    const blocks: { key: number; counts: Float64Array }[] = [];
    this.visitBlocks(slot, (key, counts, offset) => {
      blocks.push({ key, counts: counts.slice(offset, offset + BLOCK_SIZE) });
    });
    this.empty(slot);
    (this.facts[slot * FACTS + STEPS] as number) += steps;
    for (const { key, counts } of blocks) this.putAll(slot, steps, key, counts);
  }

  /**
   * Adds to a bucket of a series. Of two resolutions, the series takes the coarser one.
   *
   * @param schema that of the index
   * @param count negative to take back what was, or will be, added
   */
  merge(slot: number, schema: number, index: number, sign: Sign, count: number): void {
    if (count === 0) return;
    this.coarsen(slot, schema);
    this.put(slot, coarserIndex(index, schema - this.schemaOf(slot)), sign, count);
    this.limit(slot);
  }

  /** Empties a series, which has its first resolution again. */
  clear(slot: number): void {
    this.empty(slot);
    this.facts[slot * FACTS + STEPS] = 0;
  }

  /** Forgets all series, which give their room back. */
  startAnew(): void {
    this.counts.startAnew();
    this.links = new Int32Array(LINKS);
    this.facts = new Int32Array(0);
    this.free = NONE;
  }

  /** @param key of a block before the schema was lowered by `steps` */
  private putAll(slot: number, steps: number, key: number, counts: Float64Array): void {
    const first = (key >> 1) << BLOCK_BITS;
    for (const [i, count] of counts.entries()) {
      if (count !== 0) this.put(slot, coarserIndex(first + i, steps), (key & 1) as Sign, count);
    }
  }

  private put(slot: number, index: number, sign: Sign, count: number): void {
    const block = this.blockFor(slot, ((index >> BLOCK_BITS) << 1) | sign);
    const values = this.counts.valuesOf(block - 1);
    const place = this.counts.offsetOf(block - 1) + (index & (BLOCK_SIZE - 1));
    const before = values[place] as number;
    values[place] = before + count;
    if (before === 0) (this.facts[slot * FACTS + SIZE] as number) += 1;
    else if (before === -count) (this.facts[slot * FACTS + SIZE] as number) -= 1;
  }

  /** Makes the buckets wider until there are few enough, or they cannot be wider. */
  private limit(slot: number): void {
    while (this.sizeOf(slot) > this.maxBuckets) {
      const schema = this.schemaOf(slot);
      if (schema === COARSEST_SCHEMA) return;
      this.coarsen(slot, schema - 1);
    }
  }

  private blockFor(slot: number, key: number): number {
    const { links } = this;
    let before = NONE;
    let block = this.facts[slot * FACTS + FIRST] as number;
    while (block !== NONE) {
      const present = links[block * LINKS + KEY] as number;
      if (present === key) return block;
      if (present > key) break;
      before = block;
      block = links[block * LINKS + FOLLOWING] as number;
    }
    return this.insert(slot, before, block, key);
  }

  private insert(slot: number, before: number, after: number, key: number): number {
    let block = this.free;
    if (block === NONE) {
      block = this.counts.allocate() + 1;
      this.links = withPlace(this.links, block * LINKS + LINKS - 1);
    } else this.free = this.links[block * LINKS + FOLLOWING] as number;
    this.links[block * LINKS + KEY] = key;
    this.links[block * LINKS + FOLLOWING] = after;
    if (before === NONE) this.facts[slot * FACTS + FIRST] = block;
    else this.links[before * LINKS + FOLLOWING] = block;
    return block;
  }

  private empty(slot: number): void {
    let block = this.facts[slot * FACTS + FIRST] as number;
    while (block !== NONE) {
      const following = this.links[block * LINKS + FOLLOWING] as number;
      const offset = this.counts.offsetOf(block - 1);
      this.counts.valuesOf(block - 1).fill(0, offset, offset + BLOCK_SIZE);
      this.links[block * LINKS + FOLLOWING] = this.free;
      this.free = block;
      block = following;
    }
    this.facts[slot * FACTS + FIRST] = NONE;
    this.facts[slot * FACTS + SIZE] = 0;
  }
}
