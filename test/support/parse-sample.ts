import type { ExpositionFormat, LabelSet, Sample } from './exposition.js';

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/y;
const VALUE = /[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN/y;

/** Reads one sample line: name, labels, value and, in OpenMetrics, an exemplar. */
export function parseSample(line: string, format: ExpositionFormat): Sample {
  const reader = new Reader(line);
  const [name] = reader.expect(NAME, 'a sample name');
  const labels = reader.labels();
  reader.skip(' ');
  const [valueText] = reader.expect(VALUE, 'a value');
  const sample = { name, labels, valueText, value: numberOf(valueText) };
  if (reader.atEnd) return sample;
  if (format === 'text') throw new Error('something follows the value');
  reader.skip(' # ');
  const exemplar = { labels: reader.labels(), value: 0 };
  reader.skip(' ');
  exemplar.value = numberOf(reader.expect(VALUE, 'a value')[0]);
  if (!reader.atEnd) {
    reader.skip(' ');
    reader.expect(VALUE, 'a timestamp');
  }
  if (!reader.atEnd) throw new Error('something follows the exemplar');
  return { ...sample, exemplar };
}

/** Reads a number as both formats spell it. */
function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

class Reader {
  #position = 0;

  constructor(private readonly line: string) {}

  get atEnd(): boolean {
    return this.#position === this.line.length;
  }

  expect(pattern: RegExp, what: string): RegExpExecArray {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.line);
    if (match === null) throw new Error(`${what} expected at column ${this.#position + 1}`);
    this.#position = pattern.lastIndex;
    return match;
  }

  skip(text: string): void {
    if (!this.#sees(text)) throw new Error(`${JSON.stringify(text)} expected`);
    this.#position += text.length;
  }

  /** A label set in braces; none at all is an empty one. */
  labels(): LabelSet {
    const labels = new Map<string, string>();
    if (!this.#sees('{')) return {};
    this.skip('{');
    while (!this.#sees('}')) {
      if (labels.size > 0) this.skip(',');
      const [, name = '', value = ''] = this.expect(LABEL, 'a label');
      if (labels.has(name)) throw new Error(`the label ${name} stands there twice`);
      labels.set(
        name,
        value.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
      );
    }
    this.skip('}');
    return Object.fromEntries(labels);
  }

  #sees(text: string): boolean {
    return this.line.startsWith(text, this.#position);
  }
}
