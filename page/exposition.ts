import { pause } from './pause.js';

/** One sample of the text format. */
export interface Sample {
  /** Its labels as they are written, without `le`. */
  readonly labels: string;
  /** The upper bound of a bucket; NaN of what is none. */
  readonly le: number;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  /** By the name of the sample: `x`, `x_bucket`, `x_sum`, `x_count`. */
  readonly samples: Map<string, Sample[]>;
}

export type Families = ReadonlyMap<string, Family>;

export type Labels = Readonly<Record<string, string>>;

/** Milliseconds after which the page may draw and hear the user, in the middle of an exposition. */
const SLICE = 8;
/** Lines between two looks at the clock. */
const LINES = 256;

/** Reads an exposition in the Prometheus text format, in slices that do not hold up the page. */
export async function families(text: string): Promise<Families> {
  const found = new Map<string, Family>();
  const helps = new Map<string, string>();
  let current: Family | undefined;
  let until = performance.now() + SLICE;
  let lines = 0;
  for (let from = 0, end; from < text.length; from = end + 1) {
    end = text.indexOf('\n', from);
    if (end === -1) end = text.length;
    const line = text.slice(from, end);
    if (line.startsWith('# HELP ')) {
      const [name, help] = split(line.slice(7));
      helps.set(name, help);
    } else if (line.startsWith('# TYPE ')) {
      const [name, type] = split(line.slice(7));
      current = { type, help: helps.get(name) ?? '', samples: new Map() };
      found.set(name, current);
    } else if (current !== undefined && line !== '') add(current, line);
    if (++lines % LINES === 0 && performance.now() > until) {
      await pause();
      until = performance.now() + SLICE;
    }
  }
  return found;
}

function split(text: string): [string, string] {
  const space = text.indexOf(' ');
  return space === -1 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}

const BOUND = /(?:^|,)le="([^"]*)"/;

function add(family: Family, line: string): void {
  const open = line.indexOf('{');
  const close = open === -1 ? line.indexOf(' ') : line.lastIndexOf('}') + 1;
  const name = line.slice(0, open === -1 ? close : open);
  let labels = open === -1 ? '' : line.slice(open + 1, close - 1);
  let le = NaN;
  if (name.endsWith('_bucket')) {
    const bound = BOUND.exec(labels);
    if (bound !== null) {
      le = numberOf(bound[1] ?? '');
      labels = labels.slice(0, bound.index) + labels.slice(bound.index + bound[0].length);
    }
  }
  const [value] = split(line.slice(close).trimStart());
  const sample = { labels, le, value: numberOf(value) };
  const list = family.samples.get(name);
  if (list === undefined) family.samples.set(name, [sample]);
  else list.push(sample);
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

export function labelsOf({ labels: text }: Sample): Labels {
  const labels = Object.create(null) as Record<string, string>;
  for (const [, name = '', value = ''] of text.matchAll(LABEL)) {
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
