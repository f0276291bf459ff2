/** The place of one series' numbers: `width` consecutive values from `offset`. */
export interface Slot {
  readonly values: Float64Array;
  readonly offset: number;
}

const LARGEST_PAGE = 64;

/**
 * Hands out places for numbers in shared typed arrays, `width` numbers each.
 *
 * Pages are never moved or resized, so a slot can be kept for as long as its metric lives.
 * The first pages are small, because most metrics have a handful of series.
 */
export class SlotPages {
  #page = new Float64Array(0);
  #next = 0;
  #slots = 0;

  constructor(readonly width: number) {}

  allocate(): Slot {
    if (this.#next === this.#page.length) {
      this.#page = new Float64Array(this.width * Math.min(LARGEST_PAGE, Math.max(1, this.#slots)));
      this.#next = 0;
    }
    const slot = { values: this.#page, offset: this.#next };
    this.#next += this.width;
    this.#slots += 1;
    return slot;
  }
}
