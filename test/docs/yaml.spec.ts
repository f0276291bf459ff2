import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { promqlError } from '../support/promql.js';
import { lineOf, otherPages, pages, root } from './pages.js';

const fences = [...pages, ...otherPages].flatMap(({ path, text }) =>
  [...text.matchAll(/^```ya?ml\n(.*?)^```$/gms)].map((match) => ({
    place: `${path}:${lineOf(text, match.index)}`,
    text: match[1] as string,
  })),
);

describe('YAML of the documentation', () => {
  it.each(fences)('is YAML at $place', ({ text }) => {
    const documents = parseAllDocuments(text);
    expect(documents.length).toBeGreaterThan(0);
    for (const { errors, warnings } of documents) expect([...errors, ...warnings]).toEqual([]);
  });

  it('asks Prometheus in PromQL', () => {
    const queries = fences.flatMap(({ text }) =>
      [...text.matchAll(/^\s*(?:query|expr): (.*)$/gm)].map((match) => match[1] as string),
    );
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(promqlError(query)).toBeUndefined();
  });
});

interface Compose {
  readonly services: Readonly<Record<string, { image: string; volumes: string[] }>>;
}

const folder = join(root, 'sample/08-signals');

function read(file: string): unknown {
  return parse(readFileSync(join(folder, file), 'utf8'));
}

describe('compose.yml of sample/08-signals', () => {
  const { services } = read('compose.yml') as Compose;

  it('names versions, and mounts what is there or what start.mjs makes', () => {
    expect(Object.keys(services)).toEqual(['prometheus', 'grafana']);
    const script = readFileSync(join(folder, 'start.mjs'), 'utf8');
    for (const { image, volumes } of Object.values(services)) {
      expect(image).toMatch(/^[\w-]+\/[\w-]+:v?\d+\.\d+\.\d+$/);
      for (const volume of volumes) {
        const [source = '', target = '', mode] = volume.split(':');
        expect([mode, target.startsWith('/')]).toEqual(['ro', true]);
        const [, generated] = /^\.\/generated\/?(.*)$/.exec(source) ?? [];
        if (generated === undefined) expect(existsSync(join(folder, source))).toBe(true);
        else expect(script).toContain(`join(generated, '${generated || 'dashboard.json'}')`);
      }
    }
  });

  it('lets Grafana find its data source and its dashboard where they are mounted', () => {
    expect(read('grafana/datasource.yml')).toMatchObject({
      apiVersion: 1,
      datasources: [{ type: 'prometheus', url: expect.stringMatching(/:9090$/) as string }],
    });
    expect(read('grafana/dashboards.yml')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
    });
  });
});
