import { isMetricName } from '../../metrics/names.js';
import { MULTIPROCESS_MODES } from '../../metrics/multiprocess-mode.js';
import type { FamilyDefinition } from './family-definition.js';

/** Who wrote a file. */
export interface ProcessRecord {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Of this library. */
  readonly version: string;
  /** Of the default metrics, with its `_`. */
  readonly prefix: string;
}

/** What the file of the dead says beside their values. */
export interface FoldRecord {
  /** Names of the files that it holds, the newest last. Those that are still there are ignored. */
  readonly folded: readonly string[];
  /** How many files it holds altogether. */
  readonly count: number;
  /** Processes whose gauges of mode `all` are still shown, the newest last. */
  readonly pids: readonly string[];
}

/** One line of the keys. */
export type KeyLine =
  | { readonly process: ProcessRecord }
  | { readonly fold: FoldRecord }
  | { readonly family: FamilyDefinition }
  /** Label sets of the family with this number; each takes the next free place. */
  | { readonly series: readonly [family: number, labelSets: readonly (readonly string[])[]] };

export function encodeKeyLine(line: KeyLine): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** @throws Error when it is no line of keys */
export function decodeKeyLine(text: string): KeyLine {
  const line = JSON.parse(text) as Partial<Record<string, unknown>>;
  const isValid =
    isObject(line['process']) ||
    isObject(line['fold']) ||
    isFamily(line['family']) ||
    isSeries(line['series']);
  if (!isValid) throw new Error('not a line of keys');
  return line as KeyLine;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFamily(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, type, labelNames, bounds, mode } = value;
  return (
    isMetricName(name) &&
    ['counter', 'gauge', 'histogram', 'summary'].includes(String(type)) &&
    Array.isArray(labelNames) &&
    Array.isArray(bounds) === (type === 'histogram') &&
    (MULTIPROCESS_MODES as readonly unknown[]).includes(mode) === (type === 'gauge')
  );
}

function isSeries(value: unknown): boolean {
  return Array.isArray(value) && Number.isInteger(value[0]) && Array.isArray(value[1]);
}
