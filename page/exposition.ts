/** One sample of the text format. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  /** By the name of the sample: `x`, `x_bucket`, `x_sum`, `x_count`. */
  readonly samples: Map<string, Sample[]>;
}

export type Families = ReadonlyMap<string, Family>;

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/;

/** Reads an exposition in the Prometheus text format. */
export function families(text: string): Families {
  const found = new Map<string, Family>();
  const helps = new Map<string, string>();
  let current: Family | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('# HELP ')) {
      const [name = '', help = ''] = split(line.slice(7));
      helps.set(name, help);
    } else if (line.startsWith('# TYPE ')) {
      const [name = '', type = ''] = split(line.slice(7));
      current = { type, help: helps.get(name) ?? '', samples: new Map() };
      found.set(name, current);
    } else if (current !== undefined && line !== '') add(current, line);
  }
  return found;
}

function split(text: string): [string, string] {
  const space = text.indexOf(' ');
  return space === -1 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}

function add(family: Family, line: string): void {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === '') return;
  const list = family.samples.get(name);
  const sample = { labels: labelsOf(labels), value: numberOf(value) };
  if (list === undefined) family.samples.set(name, [sample]);
  else list.push(sample);
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name = '', value = ''] of text.matchAll(LABEL)) {
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

export function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
