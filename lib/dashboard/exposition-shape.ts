import { CATALOGUE } from '../core/catalogue.js';
import { RUNTIME_CATALOGUE } from '../core/runtime-catalogue.js';
import type { Exported } from './dashboard.js';
import type { OwnFamily } from './own-rows.js';

/** What an application's exposition tells of its options. */
export interface ExpositionShape {
  /** Without its `_`; `''` for none. */
  readonly prefix: string;
  readonly groupBy: string;
  /** Bounds of the default duration, in seconds; none where it is a summary. */
  readonly buckets: readonly number[];
  readonly exported: Exported;
}

interface Family {
  type: string;
  help: string;
  readonly labels: Set<string>;
  readonly bounds: Set<number>;
}

const INFO = CATALOGUE.exporterInfo.name;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const SUFFIX = /_(?:bucket|sum|count|total|created)$/;

/**
 * Works out what an exposition in the text format or in OpenMetrics tells.
 *
 * @returns `undefined` when it is none of an application with this library
 */
export function shapeOf(text: string): ExpositionShape | undefined {
  const families = familiesOf(text);
  const info = [...families.keys()].find((name) => name.endsWith(INFO));
  if (info === undefined) return undefined;
  const prefix = info.slice(0, -INFO.length);
  const has = (name: string): boolean => (families.get(prefix + name)?.labels.size ?? 0) > 0;
  const duration = families.get(prefix + CATALOGUE.httpRequestDuration.name);
  const fixed: readonly string[] = ['method', 'status', 'le', 'quantile'];
  // Labels of option `defaultLabels` are on the counter as well.
  const common = families.get(prefix + CATALOGUE.httpRequests.name)?.labels ?? new Set();
  const group = [...(duration?.labels ?? [])].find(
    (label) => !fixed.includes(label) && !common.has(label),
  );
  return {
    prefix: prefix.replace(/_$/, ''),
    groupBy: group ?? 'path',
    buckets: [...(duration?.bounds ?? [])].filter(Number.isFinite).sort((a, b) => a - b),
    exported: {
      hasHandlers: has(CATALOGUE.handlerDuration.name),
      hasOutgoing: has(CATALOGUE.httpClientDuration.name) || has(CATALOGUE.dbClientDuration.name),
      families: ownFamilies(families, prefix),
    },
  };
}

/** Those that neither this library nor the runtime brings. */
function ownFamilies(families: ReadonlyMap<string, Family>, prefix: string): OwnFamily[] {
  const known = new Set([
    ...Object.values(CATALOGUE).map(({ name }) => prefix + name),
    ...Object.values(RUNTIME_CATALOGUE).map(({ name }) => name),
  ]);
  return [...families].flatMap(([name, { type, help, labels }]) =>
    known.has(name)
      ? []
      : [
          {
            name,
            type,
            help,
            labels: [...labels].filter((label) => label !== 'le' && label !== 'quantile').sort(),
          },
        ],
  );
}

/** Families by name, counters with their `_total`, as Prometheus stores them. */
function familiesOf(text: string): Map<string, Family> {
  const helps = new Map<string, string>();
  const types = new Map<string, string>();
  const families = new Map<string, Family>();
  for (const line of text.split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      (kind === 'HELP' ? helps : types).set(name, rest);
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? /.exec(line);
    if (sample === null) continue;
    const [, sampleName = '', labels = ''] = sample;
    const family = ownerOf(sampleName, types);
    const entry =
      families.get(family.name) ?? emptyFamily(family.type, helps.get(family.key) ?? '');
    families.set(family.name, entry);
    for (const [, label = '', value = ''] of labels.matchAll(LABEL)) {
      entry.labels.add(label);
      if (label === 'le') entry.bounds.add(Number(value === '+Inf' ? Infinity : value));
    }
  }
  return families;
}

function emptyFamily(type: string, help: string): Family {
  return { type, help, labels: new Set(), bounds: new Set() };
}

/** The family of a sample: of the same name, or of the name without the suffix of its type. */
function ownerOf(
  sample: string,
  types: ReadonlyMap<string, string>,
): { readonly name: string; readonly key: string; readonly type: string } {
  const own = types.get(sample);
  if (own !== undefined) return { name: sample, key: sample, type: own };
  const base = sample.replace(SUFFIX, '');
  const type = types.get(base) ?? 'unknown';
  if (!types.has(base)) return { name: sample, key: sample, type };
  // OpenMetrics names a counter's family without the suffix of its samples.
  return { name: type === 'counter' ? sample : base, key: base, type };
}
