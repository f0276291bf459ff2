import { quantile, RANGE, TARGETS } from './http-rows.js';
import type { PanelSpec, RowSpec } from './panels.js';
import { sumBy } from './promql.js';

/** A metric of the application's own, as its endpoint shows it. */
export interface OwnFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** A panel for each metric that the application adds; `undefined` when it adds none. */
export function ownRow(families: readonly OwnFamily[]): RowSpec | undefined {
  if (families.length === 0) return undefined;
  return { title: 'Metrics of the application', panels: families.map(panelOf) };
}

function panelOf({ name, help, type, labels }: OwnFamily): PanelSpec {
  const legend = labels.length === 0 ? name : labels.map((label) => `{{${label}}}`).join(' ');
  const common = { title: name, description: help, type: 'timeseries' as const, width: 8 };
  const one = (expr: string, unit: string): PanelSpec => ({
    ...common,
    unit,
    queries: [{ expr, legend }],
  });
  const matchers = TARGETS.join(', ');
  switch (type) {
    case 'counter':
      return one(sumBy(labels, `rate(${name}{${matchers}}[${RANGE}])`), 'cps');
    case 'histogram':
      return {
        ...common,
        unit: unitOf(name),
        queries: [0.5, 0.95].map((q) => ({
          expr: quantile(q, name, TARGETS, labels),
          legend: `p${q * 100} ${legend}`,
        })),
      };
    case 'summary':
      return one(
        `${sumBy(labels, `rate(${name}_sum{${matchers}}[${RANGE}])`)} / ${sumBy(labels, `rate(${name}_count{${matchers}}[${RANGE}])`)}`,
        unitOf(name),
      );
    default:
      return one(sumBy(labels, `${name}{${matchers}}`), unitOf(name));
  }
}

/** Grafana's name for the unit in which a name ends. */
export function unitOf(name: string): string {
  if (name.endsWith('_seconds')) return 's';
  if (name.endsWith('_bytes')) return 'bytes';
  if (name.endsWith('_ratio')) return 'percentunit';
  return 'short';
}
