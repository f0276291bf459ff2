/** Slots of a full-sized page, of which 2 to this power make one. */
const BITS = 6;
// Shifted, because V8 keeps a power as a floating-point number, and so all that is counted with it.
const LARGEST_PAGE = 1 << BITS;

/** How far the slot of an index is behind it, once all pages are full-sized. */
const GAP = (BITS - 1) * LARGEST_PAGE + 1;

/** In place of the first page while no place is handed out: many metrics never have a series. */
const NO_PAGE = new Float64Array(0);

/**
 * Places for numbers in shared typed arrays, `width` numbers each.
 *
 * The pages have room for 1, 2, 4, ... 32 places, because most metrics have a handful of series, and
 * for 64 from then on. They are never moved or resized, so a place can be kept for as long as its
 * metric lives.
 *
 * A place is named by its slot: the number of its page times 64, and its number within the page. So
 * the numbers are found with a shift and a mask, which an index without gaps would not allow.
 */
export class SlotPages {
  /** Places that were handed out. */
  length = 0;
  // A plain field: a reading of a #private field is slower before the code is optimized.
  private readonly pages: Float64Array[];

  constructor(readonly width: number) {
    // Not begun with an empty list: the first entry that is added to one makes room for 17.
    this.pages = [NO_PAGE];
  }

  /** The slot of a new place, whose numbers are 0. */
  allocate(): number {
    const slot = this.slotOf(this.length);
    const page = slot >>> BITS;
    if (slot === 0) {
      this.pages[0] = new Float64Array(this.width);
    } else if (page === this.pages.length) {
      const places = Math.min(LARGEST_PAGE, 2 ** page);
      this.pages.push(new Float64Array(this.width * places));
    }
    this.length += 1;
    return slot;
  }

  /** @param index 0 for the place that was handed out first, and so on */
  slotOf(index: number): number {
    const nth = index + 1;
    if (nth >= LARGEST_PAGE) return index + GAP;
    const page = 31 - Math.clz32(nth);
    return page * LARGEST_PAGE + nth - (1 << page);
  }

  indexOf(slot: number): number {
    const page = slot >>> BITS;
    return page >= BITS ? slot - GAP : (1 << page) + (slot & (LARGEST_PAGE - 1)) - 1;
  }

  /** The array in which the numbers are. */
  valuesOf(slot: number): Float64Array {
    return this.pages[slot >>> BITS] as Float64Array;
  }

  /** Where in that array the first of them is. */
  offsetOf(slot: number): number {
    return (slot & (LARGEST_PAGE - 1)) * this.width;
  }

  /** Sets the numbers of one place to 0. */
  clearAt(slot: number): void {
    const offset = this.offsetOf(slot);
    this.valuesOf(slot).fill(0, offset, offset + this.width);
  }

  /** Sets all numbers to 0. */
  clear(): void {
    for (const page of this.pages) page.fill(0);
  }

  /** Hands out places from the first one again, in new arrays. */
  startAnew(): void {
    this.pages.length = 1;
    this.pages[0] = NO_PAGE;
    this.length = 0;
  }
}
