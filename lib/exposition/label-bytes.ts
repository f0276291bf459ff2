/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const BYTES_PER_UNIT = 3;

/** Views of labels that take more bytes are made anew each time. */
const LONGEST_KEPT = 1024;

const COMMA = 44;

/** A label set as bytes, for the lines that it stands in. */
export interface LabelViews {
  /** What stands before the labels, and the labels, with a comma after them where there are any. */
  readonly head: Uint8Array;
  /** `{`, and the labels. */
  readonly labels: Uint8Array;
}

/** Turns one label set after another into bytes, in the same place of the memory. */
export class LabelBytes {
  readonly #before: number;
  #bytes: Buffer;
  /** Views of the bytes, by the length of the labels: to make one takes longer than to copy it. */
  readonly #views: LabelViews[] = [];

  /** @param before what the head begins with, up to and including `{` */
  constructor(before: string) {
    this.#bytes = Buffer.from(before);
    this.#before = this.#bytes.length;
  }

  /** @returns views that are valid until the next call */
  of(labels: string): LabelViews {
    const before = this.#before;
    const needed = before + labels.length * BYTES_PER_UNIT + 1;
    if (needed > this.#bytes.length) this.#grow(needed);
    const length = this.#bytes.write(labels, before, 'utf8');
    this.#bytes[before + length] = COMMA;
    return this.#views[length] ?? this.#viewOf(length);
  }

  #viewOf(length: number): LabelViews {
    const bytes = this.#bytes;
    const before = this.#before;
    const view = {
      head: bytes.subarray(0, before + length + (length === 0 ? 0 : 1)),
      labels: bytes.subarray(before - 1, before + length),
    };
    if (length <= LONGEST_KEPT) this.#views[length] = view;
    return view;
  }

  #grow(needed: number): void {
    const bytes = Buffer.allocUnsafe(2 * needed);
    bytes.set(this.#bytes.subarray(0, this.#before));
    this.#bytes = bytes;
    this.#views.length = 0;
  }
}
