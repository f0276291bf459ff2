import type { Family } from '../../../lib/exposition/family.js';
import { PROTOBUF_FORMAT } from '../../../lib/exposition/protobuf-format.js';
import { renderExposition, type RenderOptions } from '../../../lib/exposition/render.js';
import { OPENMETRICS_FORMAT, TEXT_FORMAT } from '../../../lib/exposition/text-formats.js';
import { readProtobuf, type ReadProtobufFamily } from '../../support/read-protobuf.js';

export interface ReadSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface ReadFamily {
  name: string;
  type: string;
  help: string;
  samples: ReadSample[];
}

export async function bodyOf(
  families: Iterable<Family>,
  options: Partial<RenderOptions> = {},
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of renderExposition(families, { format: TEXT_FORMAT, ...options })) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function openMetricsOf(
  families: Iterable<Family>,
  options: Partial<RenderOptions> = {},
): Promise<string> {
  return bodyOf(families, { ...options, format: OPENMETRICS_FORMAT });
}

/** Lines that are samples. */
export function sampleLines(body: string): string[] {
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** Reads a body of either format; throws where a line is not well-formed or out of place. */
export function readExposition(body: string): ReadFamily[] {
  const families: ReadFamily[] = [];
  if (body !== '' && !body.endsWith('\n')) throw new Error('no line feed at the end');
  const lines = body.split('\n').slice(0, -1);
  for (const [index, line] of lines.entries()) {
    const meta = /^# (HELP|TYPE) (\S+) (.*)$/s.exec(line);
    if (line === '# EOF' && index === lines.length - 1) continue;
    if (meta !== null) {
      const [, kind, name, rest] = meta as unknown as [string, string, string, string];
      let family = families.at(-1);
      if (family?.name !== name) {
        if (families.some((each) => each.name === name)) throw new Error(`again: ${line}`);
        family = { name, type: '', help: '', samples: [] };
        families.push(family);
      }
      if (family.samples.length > 0) throw new Error(`after samples: ${line}`);
      if (kind === 'HELP') family.help = unescape(rest);
      else family.type = rest;
      continue;
    }
    const family = families.at(-1);
    if (family === undefined) throw new Error(`no family: ${line}`);
    family.samples.push(readSample(line));
  }
  return families;
}

function readSample(line: string): ReadSample {
  const match =
    /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\["\\n])*"(?:,(?!\})|(?=\})))*)\})? (\S+)$/su.exec(
      line,
    );
  if (match === null) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name, value] of (match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gsu)) {
    if (Object.hasOwn(labels, name as string)) throw new Error(`label twice: ${line}`);
    labels[name as string] = unescape(value as string);
  }
  const value = { '+Inf': Infinity, '-Inf': -Infinity }[match[3] as string] ?? Number(match[3]);
  return { name: match[1] as string, labels, value };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char));
}

/** The body in the protobuf format, as a library decodes it. */
export async function protobufOf(
  families: Iterable<Family>,
  options: Partial<RenderOptions> = {},
): Promise<ReadProtobufFamily[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of renderExposition(families, { ...options, format: PROTOBUF_FORMAT })) {
    chunks.push(chunk);
  }
  return readProtobuf(Buffer.concat(chunks));
}
