/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** Of a series, with its labels as `{{label}}`. */
  readonly legend: string;
  /** For tables and single values. @default false */
  readonly instant?: boolean;
}

export interface PanelSpec {
  readonly title: string;
  /** What it shows, and what to do when it looks bad. */
  readonly description: string;
  readonly type: 'timeseries' | 'stat' | 'table' | 'heatmap';
  /** One of Grafana's units: `s`, `reqps`, `percentunit`, `bytes`, `short`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of the 24 that a row has. @default 8 */
  readonly width?: number;
  readonly min?: number;
  readonly max?: number;
  /** From which value on it is yellow, and red. @default never */
  readonly thresholds?: readonly [number, number];
  /** Whether high values are good, so that the thresholds are those of low ones. @default false */
  readonly isHighGood?: boolean;
  readonly exemplars?: boolean;
}

export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
  /** @default false */
  readonly collapsed?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const HEIGHT = 8;
const COLUMNS = 24;

/** Rows of panels as Grafana has them, each panel in its place. */
export function laidOut(rows: readonly RowSpec[]): Json[] {
  const laid: Json[] = [];
  let y = 0;
  let id = 1;
  for (const { title, panels, collapsed = false } of rows) {
    const row = { id: id++, type: 'row', title, collapsed, gridPos: { h: 1, w: COLUMNS, x: 0, y } };
    y += 1;
    let x = 0;
    let line = y;
    const placed = panels.map((spec) => {
      const width = spec.width ?? 8;
      if (x + width > COLUMNS) {
        x = 0;
        line += HEIGHT;
      }
      const panel = panelOf(spec, id++, { h: HEIGHT, w: width, x, y: line });
      x += width;
      return panel;
    });
    // What a collapsed row holds takes no room until it is opened.
    if (collapsed) laid.push({ ...row, panels: placed });
    else {
      laid.push({ ...row, panels: [] }, ...placed);
      y = line + HEIGHT;
    }
  }
  return laid;
}

function panelOf(spec: PanelSpec, id: number, gridPos: Json): Json {
  const { title, description, type, queries, exemplars = false } = spec;
  return {
    id,
    type,
    title,
    description,
    datasource: DATASOURCE,
    gridPos,
    targets: queries.map(({ expr, legend, instant = false }, index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource: DATASOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      instant,
      range: !instant,
      exemplar: exemplars && !instant,
      format: type === 'table' ? 'table' : type === 'heatmap' ? 'heatmap' : 'time_series',
    })),
    fieldConfig: { defaults: defaultsOf(spec), overrides: [] },
    options: optionsOf(type),
    ...(type === 'table' ? { transformations: TABLE } : {}),
  };
}

/** Joins the queries of a table by their labels, and leaves out what says nothing. */
const TABLE = [
  { id: 'merge', options: {} },
  { id: 'organize', options: { excludeByName: { Time: true } } },
];

function defaultsOf({ unit, min, max, thresholds, isHighGood = false }: PanelSpec): Json {
  const [yellow, red] = thresholds ?? [];
  const colors = isHighGood ? ['red', 'yellow', 'green'] : ['green', 'yellow', 'red'];
  const steps =
    yellow === undefined || red === undefined
      ? [{ color: 'green', value: null }]
      : [
          { color: colors[0], value: null },
          { color: colors[1], value: yellow },
          { color: colors[2], value: red },
        ];
  return {
    unit,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    thresholds: { mode: 'absolute', steps },
    color: { mode: thresholds === undefined ? 'palette-classic' : 'thresholds' },
  };
}

/** All options that Grafana's types ask for, its own defaults where they do not matter here. */
function optionsOf(type: PanelSpec['type']): Json {
  switch (type) {
    case 'timeseries':
      return {
        legend: {
          displayMode: 'table',
          placement: 'bottom',
          calcs: ['lastNotNull', 'max'],
          showLegend: true,
        },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'stat':
      return {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        orientation: 'auto',
        colorMode: 'value',
        graphMode: 'area',
        justifyMode: 'auto',
        textMode: 'auto',
        showPercentChange: false,
        wideLayout: true,
      };
    case 'heatmap':
      return {
        calculate: false,
        yAxis: { unit: 's' },
        color: {
          mode: 'scheme',
          scheme: 'Spectral',
          fill: 'dark-orange',
          exponent: 0.5,
          steps: 64,
          reverse: false,
        },
        exemplars: { color: 'rgba(255,0,255,0.7)' },
        legend: { show: true },
        showValue: 'never',
        tooltip: { mode: 'single', yHistogram: false },
      };
    case 'table':
      return { frameIndex: 0, showHeader: true, sortBy: [{ displayName: 'Value #A', desc: true }] };
  }
}
