/** Label sets that may be gone and still have their places, beside as many as there are others. */
const SLACK = 16;

/** By how much the columns grow. */
const GROWTH = 1.25;

/** Of a place that has no label set. */
const NEVER = 0;

/**
 * Tells which label sets of a store are there, once one was taken out.
 *
 * A label set that is gone keeps its place for a while, because most come back: a gauge is often
 * reset and set again. When half of the places are of label sets that are gone, they are given to
 * others, a few with each change, so that no change takes long.
 */
export class SeriesLives {
  /** By index: the round in which the label set was there; it is there in the current one alone. */
  #rounds: Float64Array;
  /** By index: how many label sets the store had ever seen when it was given this place. */
  #births: Float64Array;
  #round = 1;
  #born: number;
  #length: number;
  /** How many label sets are there. */
  #alive: number;
  /** Places without a label set. */
  readonly #free: number[] = [];
  /** Where the search for label sets that are gone goes on. */
  #hand = 0;

  /** @param length of the store, all of whose label sets are there */
  constructor(length: number) {
    this.#length = length;
    this.#alive = length;
    this.#born = length;
    this.#rounds = new Float64Array(length).fill(this.#round);
    this.#births = Float64Array.from({ length }, (_, index) => index + 1);
  }

  get alive(): number {
    return this.#alive;
  }

  /** How many label sets the store has ever seen. */
  get born(): number {
    return this.#born;
  }

  isAlive(index: number): boolean {
    return this.#rounds[index] === this.#round;
  }

  /** Differs for all label sets that have ever had this place, and grows with time. */
  birthOf(index: number): number {
    return this.#births[index] as number;
  }

  /** A place for a new label set: one that is free, or one at the end of the store. */
  begin(): number {
    const index = this.#free.pop() ?? this.#length;
    if (index === this.#length) {
      this.#length += 1;
      this.#makeRoom();
    }
    this.#born += 1;
    this.#births[index] = this.#born;
    this.revive(index);
    return index;
  }

  /** The label set that has this place is there again. */
  revive(index: number): void {
    this.#rounds[index] = this.#round;
    this.#alive += 1;
  }

  end(index: number): void {
    this.#rounds[index] = NEVER;
    this.#alive -= 1;
  }

  endAll(): void {
    this.#round += 1;
    this.#alive = 0;
  }

  /** All places are gone. */
  clear(): void {
    this.endAll();
    this.#length = 0;
    this.#hand = 0;
    this.#free.length = 0;
    this.#rounds = new Float64Array(0);
    this.#births = new Float64Array(0);
  }

  /** Whether so few of the places are used that it is better to begin anew. */
  get isWasteful(): boolean {
    return this.#length > 4 * (this.#alive + SLACK);
  }

  /** Looks at the next place. @returns its index when the label set there is to be forgotten */
  sweep(): number | undefined {
    const gone = this.#length - this.#alive - this.#free.length;
    if (gone <= this.#alive + SLACK) return undefined;
    const index = this.#hand;
    this.#hand = (index + 1) % this.#length;
    if (this.isAlive(index) || this.#births[index] === NEVER) return undefined;
    this.#births[index] = NEVER;
    this.#free.push(index);
    return index;
  }

  #makeRoom(): void {
    if (this.#length <= this.#rounds.length) return;
    const length = 4 + Math.ceil(this.#length * GROWTH);
    const rounds = new Float64Array(length);
    const births = new Float64Array(length);
    rounds.set(this.#rounds);
    births.set(this.#births);
    this.#rounds = rounds;
    this.#births = births;
  }
}
