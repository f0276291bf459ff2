import { checkFamily } from './check-family.js';
import { Exposition, type ExpositionFormat, type Family, type Sample } from './exposition.js';
import { parseSample } from './parse-sample.js';

export interface ParseOptions {
  /** The body is filtered by name: histograms and summaries may lack samples. @default false */
  readonly partial?: boolean;
}

/** Endings that a family's samples add to its name, per type. */
const SUFFIXES: Record<ExpositionFormat, Readonly<Record<string, readonly string[]>>> = {
  text: {
    counter: [''],
    gauge: [''],
    histogram: ['_bucket', '_sum', '_count'],
    summary: ['', '_sum', '_count'],
    untyped: [''],
  },
  openmetrics: {
    counter: ['_total'],
    gauge: [''],
    histogram: ['_bucket', '_sum', '_count'],
    summary: ['', '_sum', '_count'],
    info: ['_info'],
    unknown: [''],
  },
};

interface OpenFamily extends Family {
  type: string;
  help: string | undefined;
  readonly samples: Sample[];
}

/**
 * Reads an exposition more strictly than Prometheus does: metadata once and before the samples, the
 * samples of a family together, names that fit the type, no series twice, histograms cumulative
 * with `+Inf` equal to `_count`, `le` and `quantile` in canonical spelling. Blank lines, free
 * comments and timestamps, which this library never writes, are errors too.
 *
 * @throws Error that names the line
 */
export function parseExposition(
  body: string,
  format: ExpositionFormat,
  options: ParseOptions = {},
): Exposition {
  const families = new Map<string, OpenFamily>();
  const owners = new Map<string, OpenFamily>();
  const seen = new Set<string>();
  let current: OpenFamily | undefined;
  for (const [index, line] of linesOf(body, format).entries()) {
    try {
      if (line.startsWith('#')) current = readMetadata(line, format, current, families);
      else readSample(line, format, current, owners, seen);
    } catch (error) {
      throw new Error(`line ${index + 1}: ${(error as Error).message}: ${line}`, { cause: error });
    }
  }
  for (const family of families.values()) {
    if (!(family.type in SUFFIXES[format])) throw new Error(`${family.name} has no TYPE`);
    checkFamily(family, options.partial === true);
  }
  return new Exposition(format, families);
}

function linesOf(body: string, format: ExpositionFormat): string[] {
  if (format === 'text' && body === '') return [];
  const end = format === 'text' ? '\n' : '# EOF\n';
  if (!body.endsWith(end)) throw new Error(`the body does not end with ${JSON.stringify(end)}`);
  const rest = body.slice(0, body.length - end.length);
  if (format === 'text') return rest.split('\n');
  if (rest === '') return [];
  if (!rest.endsWith('\n')) throw new Error('# EOF does not stand on a line of its own');
  return rest.slice(0, -1).split('\n');
}

function readMetadata(
  line: string,
  format: ExpositionFormat,
  current: OpenFamily | undefined,
  families: Map<string, OpenFamily>,
): OpenFamily {
  const match = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line);
  if (match === null) throw new Error('neither HELP, TYPE nor UNIT');
  const [, kind, name, rest] = match as unknown as [string, string, string, string];
  let family = current;
  if (family?.name !== name) {
    if (families.has(name)) throw new Error(`${name} has been described before`);
    family = { name, type: '', help: undefined, samples: [] };
    families.set(name, family);
  }
  if (family.samples.length > 0) throw new Error('metadata after the first sample');
  if (kind === 'UNIT') {
    // https://prometheus.io/docs/specs/om/open_metrics_spec/#unit
    if (format === 'text') throw new Error('the text format has no UNIT');
    if (!name.endsWith(`_${rest}`)) throw new Error('the name does not end in its unit');
  } else if (kind === 'HELP') {
    if (family.help !== undefined) throw new Error('a second HELP');
    family.help = unescapeHelp(rest, format);
  } else {
    if (family.type !== '') throw new Error('a second TYPE');
    if (!Object.hasOwn(SUFFIXES[format], rest)) throw new Error('unknown type');
    family.type = rest;
  }
  return family;
}

function readSample(
  line: string,
  format: ExpositionFormat,
  family: OpenFamily | undefined,
  owners: Map<string, OpenFamily>,
  seen: Set<string>,
): void {
  const sample = parseSample(line, format);
  const suffixes = SUFFIXES[format][family?.type ?? ''] ?? [];
  if (family === undefined || !suffixes.some((end) => sample.name === family.name + end)) {
    throw new Error(`not a sample of ${family?.type || 'the'} family ${family?.name}`);
  }
  const owner = owners.get(sample.name) ?? family;
  if (owner !== family) throw new Error(`${owner.name} has samples of this name, too`);
  owners.set(sample.name, family);
  const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
  if (seen.has(key)) throw new Error('this series stands in the body twice');
  seen.add(key);
  family.samples.push(sample);
}

function unescapeHelp(text: string, format: ExpositionFormat): string {
  return text.replace(/\\(.?)/gs, (_, escaped: string) => {
    if (escaped === 'n') return '\n';
    if (escaped === '\\' || (escaped === '"' && format === 'openmetrics')) return escaped;
    throw new Error(`unknown escape \\${escaped}`);
  });
}
