import { grafanaDashboard, type DashboardOptions } from '../../../lib/dashboard.js';
import { promqlError, withoutVariables } from '../../support/promql.js';

interface Panel {
  title: string;
  type: string;
  description?: string;
  collapsed?: boolean;
  panels?: Panel[];
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; exemplar: boolean }[];
  fieldConfig?: { defaults: { unit: string } };
}

function panelsOf(options: DashboardOptions): Panel[] {
  const { panels } = grafanaDashboard(options) as unknown as { panels: Panel[] };
  return panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

const OPTIONS: readonly DashboardOptions[] = [
  {},
  { prefix: '', groupBy: 'route' },
  { native: true, title: 'Shop' },
];

describe('the Grafana dashboard', () => {
  it.each(OPTIONS)('has queries that are PromQL, with %j', (options) => {
    const queries = panelsOf(options).flatMap(({ targets }) => targets ?? []);
    expect(queries.length).toBeGreaterThan(40);
    for (const { expr } of queries) expect(promqlError(withoutVariables(expr))).toBeUndefined();
  });

  it.each(OPTIONS)('asks for its annotations and variables in PromQL, with %j', (options) => {
    const { annotations, templating } = grafanaDashboard(options) as unknown as {
      annotations: { list: { name: string; target: { expr: string } }[] };
      templating: { list: { name: string; type: string; query: string | { query: string } }[] };
    };
    expect(annotations.list.map(({ name }) => name)).toEqual(['Restart', 'Version']);
    for (const { target } of annotations.list) {
      expect(promqlError(withoutVariables(target.expr))).toBeUndefined();
    }
    const names = templating.list.map(({ name }) => name);
    expect(names).toEqual(['datasource', 'job', 'instance', 'route', 'histogram', 'slo']);
    for (const { query } of templating.list) {
      const selector =
        typeof query === 'object' ? /^label_values\((.*), \w+\)$/.exec(query.query)?.[1] : 'up';
      expect(promqlError(withoutVariables(selector ?? '('))).toBeUndefined();
    }
  });

  it('says in each panel what it shows, and in which unit', () => {
    for (const panel of panelsOf({})) {
      if (panel.type === 'row') continue;
      expect(panel.description).toMatch(/\w{3,}.*\.$/);
      expect(panel.fieldConfig?.defaults.unit).toMatch(/^[a-z]+$/);
    }
  });

  it('begins with the error budget, and closes rows of what need not be used', () => {
    const panels = panelsOf({});
    expect(panels.find(({ type }) => type !== 'row')?.title).toBe('Error budget left');
    const closed = panels.filter(({ collapsed }) => collapsed === true).map(({ title }) => title);
    expect(closed).toEqual([
      'Handlers and jobs',
      'What the application waits for',
      'The exporter itself',
    ]);
  });

  it('lays no panel over another one', () => {
    const { panels } = grafanaDashboard() as unknown as { panels: Panel[] };
    const places = panels.map(({ gridPos }) => gridPos);
    for (const [i, a] of places.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      for (const b of places.slice(i + 1)) {
        const isApart =
          a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect(isApart).toBe(true);
      }
    }
  });

  it('is the same for the same arguments, and another one for others', () => {
    expect(grafanaDashboard()).toEqual(grafanaDashboard({ prefix: 'nestjs', groupBy: 'path' }));
    const uids = OPTIONS.map((options) => grafanaDashboard(options).uid);
    expect(new Set(uids).size).toBe(OPTIONS.length);
    for (const uid of uids) expect(uid).toMatch(/^[\w-]{1,40}$/);
  });

  it('has exemplars on where there can be any', () => {
    const latency = panelsOf({}).find(({ title }) => title === 'Latency');
    expect(latency?.targets?.every(({ exemplar }) => exemplar)).toBe(true);
  });
});
