import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf, type SourceImport } from '../support/source-imports.js';

/** What lies in lib/, from the bottom up: each imports from the rows before it alone. */
const LAYERS = [
  'core',
  'metrics',
  'exposition',
  'options',
  'registry',
  'runtime',
  'scrape',
  'multiprocess',
  'nest',
  'decorators',
  'injected',
  'calls',
  'http',
  'handlers',
  'outgoing',
  'endpoint',
  'dashboard',
  'multiprocess.ts',
  'dashboard.ts',
  'cli.ts',
  'prometheus.async-options.ts',
  'prometheus.serving.ts',
  'prometheus.exporter.ts',
  'prometheus.service.ts',
  'prometheus.lifecycle.ts',
  'prometheus.providers.ts',
  'prometheus.module.ts',
  'index.ts',
];

/** Rows that are still to come. */
const TO_COME: readonly string[] = [];

/** Rows that load neither Nest nor prom-client. */
const PURE = ['core', 'metrics', 'exposition', 'scrape', 'multiprocess', 'dashboard'];

/** Lines of the largest file. */
const MOST_LINES = 300;

const INSIDE_A_PACKAGE = /^(@[^/]+\/[^/]+|(?!@|node:)[^/]+)\//;

const lib = join(import.meta.dirname, '../../lib');
const imports = importsOf(lib);

const layerOf = (file: string): string => file.split('/')[0] ?? '';
const show = ({ from, to }: SourceImport): string => `${from} -> ${to}`;

describe('lib', () => {
  it('has no file or folder outside its layers', () => {
    expect(imports.length).toBeGreaterThan(0);
    expect(readdirSync(lib).filter((entry) => !LAYERS.includes(entry))).toEqual([]);
  });

  it('has every one of its layers', () => {
    const entries = readdirSync(lib);
    const missing = LAYERS.filter((layer) => !entries.includes(layer) && !TO_COME.includes(layer));
    expect(missing).toEqual([]);
  });

  it(`has no file of more than ${MOST_LINES} lines`, () => {
    const lines = (file: string): number =>
      readFileSync(join(lib, file), 'utf8').split('\n').length;
    const files = readdirSync(lib, { recursive: true, encoding: 'utf8' });
    const large = files.filter((file) => file.endsWith('.ts') && lines(file) - 1 > MOST_LINES);
    expect(large).toEqual([]);
  });

  it('imports downwards only', () => {
    const upwards = imports.filter(
      ({ from, to, isLocal }) =>
        isLocal && LAYERS.indexOf(layerOf(to)) > LAYERS.indexOf(layerOf(from)),
    );
    expect(upwards.map(show)).toEqual([]);
  });

  it('has no cycles, of types neither', () => {
    expect(cycles()).toEqual([]);
  });

  it('loads the client library in one folder', () => {
    const loads = imports.filter(
      ({ from, to, typeOnly }) =>
        to.startsWith('prom-client') && !typeOnly && layerOf(from) !== 'registry',
    );
    expect(loads.map(show)).toEqual([]);
  });

  it('names nothing of Nest in its pure folders', () => {
    const nest = imports.filter(
      ({ from, to }) => to.startsWith('@nestjs/') && PURE.includes(layerOf(from)),
    );
    expect(nest.map(show)).toEqual([]);
  });

  it('loads neither Nest nor the client library with a file of its pure folders', () => {
    const files = new Set(imports.map(({ from }) => from));
    const pure = [...files].filter((file) => PURE.includes(layerOf(file)));
    const loads = pure.flatMap((file) =>
      loadedBy(file)
        .filter(({ to }) => /^(@nestjs\/|prom-client(\/|$))/.test(to))
        .map((load) => `${file}: ${show(load)}`),
    );
    expect(pure.length).toBeGreaterThan(0);
    expect(loads).toEqual([]);
  });

  it('imports from the entry points of packages, never from their insides', () => {
    const inside = imports.filter(({ to, isLocal }) => !isLocal && INSIDE_A_PACKAGE.test(to));
    expect(inside.map(show)).toEqual([]);
  });

  it('has one barrel, index.ts, that nothing inside imports', () => {
    const barrels = imports.filter(({ to, isLocal }) => isLocal && /(^|\/)index\.ts$/.test(to));
    expect(barrels.map(show)).toEqual([]);
  });
});

describe('test/unit', () => {
  it('has a folder for rooms of lib/ alone', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
    const specs = files.filter((file) => file.endsWith('.spec.ts') && file.includes('/'));
    expect(specs.filter((file) => !LAYERS.includes(layerOf(file)))).toEqual([]);
  });
});

/** All that is loaded with a file, directly or by what it loads. */
function loadedBy(file: string, seen = new Set<string>()): SourceImport[] {
  seen.add(file);
  const loads = imports.filter(({ from, typeOnly }) => from === file && !typeOnly);
  const further = loads.filter(({ to, isLocal }) => isLocal && !seen.has(to));
  return [...loads, ...further.flatMap(({ to }) => (seen.has(to) ? [] : loadedBy(to, seen)))];
}

/** Each cycle once, as `a -> b -> a`. */
function cycles(): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to, isLocal } of imports) {
    if (isLocal) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) found.push([...path.slice(start), file].join(' -> '));
    if (start !== -1 || done.has(file)) return;
    for (const to of targets.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return found;
}
