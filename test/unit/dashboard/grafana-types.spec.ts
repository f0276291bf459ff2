import { grafanaDashboard } from '../../../lib/dashboard.js';
import { dashboardOf, type Dashboard } from '../../../lib/dashboard/dashboard.js';
import { GRAFANA_TYPES, typeErrors } from './grafana-types.js';

const VERSIONS = Object.keys(GRAFANA_TYPES) as (keyof typeof GRAFANA_TYPES)[];

const EXPORTED = {
  hasHandlers: true,
  hasOutgoing: true,
  families: ['counter', 'gauge', 'histogram', 'summary'].map((type) => ({
    name: `own_${type}`,
    type,
    help: 'One of the application.',
    labels: ['tier'],
  })),
};

const RIGHT: readonly Dashboard[] = [
  grafanaDashboard(),
  grafanaDashboard({ prefix: '', groupBy: 'route', native: true, title: 'Shop' }),
  dashboardOf({}, EXPORTED),
];

type Json = Record<string, unknown>;

/** The dashboard, but for its first panel with a single value. */
function spoiled(change: (panel: Json) => Json): object {
  const dashboard = grafanaDashboard() as unknown as { panels: Json[] };
  const index = dashboard.panels.findIndex(({ type }) => type === 'stat');
  const panels = dashboard.panels.with(index, change(dashboard.panels[index] as Json));
  return { ...dashboard, panels };
}

const WRONG: Readonly<Record<string, object>> = {
  'an unknown type': spoiled((panel) => ({ ...panel, type: 'graf' })),
  'an option that its type does not have': spoiled((panel) => ({
    ...panel,
    options: { ...(panel['options'] as Json), sparkline: true },
  })),
  'an option less than its type has': spoiled((panel) => ({
    ...panel,
    options: { ...(panel['options'] as Json), textMode: undefined },
  })),
  'a place that is a text': spoiled((panel) => ({ ...panel, gridPos: '0, 0' })),
  'a query without an expression': spoiled((panel) => ({ ...panel, targets: [{ refId: 'A' }] })),
};

describe.each(VERSIONS)("the dashboard, by the types of %s's own schema", (version) => {
  const errors = typeErrors(version, [...RIGHT, ...Object.values(WRONG)]);

  it('is one', () => {
    expect(errors.slice(0, RIGHT.length)).toEqual(RIGHT.map(() => []));
  });

  it.each([...Object.keys(WRONG).entries()])('%i: is none with %s in a panel', (index) => {
    expect(errors[RIGHT.length + index]).not.toEqual([]);
  });
});
