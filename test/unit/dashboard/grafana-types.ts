import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const require = createRequire(import.meta.url);

/** The packages of Grafana's own types, of the oldest version that is supported and of a new one. */
export const GRAFANA_TYPES = {
  'Grafana 11': { name: 'grafana-schema-11', entry: 'dist/index.d.ts' },
  'Grafana 13': { name: '@grafana/schema', entry: 'dist/types/index.d.ts' },
} as const;

/** Where Grafana keeps the options of a panel, by its type. */
const PANELS = {
  timeseries: 'TimeSeries',
  stat: 'Stat',
  table: 'Table',
  heatmap: 'Heatmap',
} as const;

/**
 * What Grafana's types leave open is closed here: the options and fields of each type of panel, which
 * it has in files of their own, and what the Prometheus data source takes as a query.
 */
const PRELUDE = `
${Object.entries(PANELS)
  .map(
    ([type, file]) =>
      `import type * as ${type} from '@grafana/schema/dist/esm/raw/composable/${type}/panelcfg/x/${file}PanelCfg_types.gen';`,
  )
  .join('\n')}
import type * as grafana from '@grafana/schema';

/** JSON has the values of enumerations. */
type Plain<T> = T extends string ? \`\${T}\`
  : T extends number ? (\`\${T}\` extends \`\${infer N extends number}\` ? N : T)
  : T extends readonly (infer Item)[] ? Plain<Item>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> }
  : T;

interface Query {
  refId: string;
  datasource: { type: 'prometheus'; uid: string };
  editorMode: 'code';
  expr: string;
  legendFormat: string;
  instant: boolean;
  range: boolean;
  exemplar: boolean;
  format: 'time_series' | 'table' | 'heatmap';
}

type Of<Type extends string, Options, Field> = Omit<grafana.Panel, 'type' | 'targets' | 'options' | 'fieldConfig'> & {
  type: Type;
  targets: Query[];
  options: Options;
  fieldConfig: Omit<grafana.FieldConfigSource, 'defaults'> & {
    defaults: Omit<grafana.FieldConfig, 'custom'> & { custom?: Field };
  };
};

type Panel =
  | Of<'timeseries', timeseries.Options, timeseries.FieldConfig>
  // Grafana 11 does not have this one yet.
  | Of<'stat', Omit<stat.Options, 'percentChangeColorMode'>, never>
  | Of<'table', table.Options, table.FieldConfig>
  | Of<'heatmap', heatmap.Options, heatmap.FieldConfig>;

interface Annotation extends Omit<grafana.AnnotationQuery, 'target'> {
  target: { refId: string; expr: string; interval?: string };
  titleFormat?: string;
  textFormat?: string;
  tagKeys?: string;
}

type Dashboard = Omit<grafana.Dashboard, 'panels' | 'annotations'> & {
  panels: (Panel | (Omit<grafana.RowPanel, 'panels'> & { panels: Panel[] }))[];
  annotations: { list: Annotation[] };
};

`;

/** What Grafana's own types say against each of the dashboards; nothing where it is one. */
export function typeErrors(
  version: keyof typeof GRAFANA_TYPES,
  dashboards: readonly object[],
): readonly (readonly string[])[] {
  const { name, entry } = GRAFANA_TYPES[version];
  const folder = dirname(require.resolve(`${name}/package.json`));
  const texts = new Map(
    dashboards.map((dashboard, index) => [
      join(folder, `dashboard-${index}.ts`),
      `${PRELUDE}export const dashboard: Plain<Dashboard> = ${JSON.stringify(dashboard, null, 1)};`,
    ]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    paths: {
      '@grafana/schema': [join(folder, entry)],
      '@grafana/schema/*': [join(folder, '*')],
    },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists.call(host, path);
  host.getSourceFile = (path, ...more) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile.call(host, path, ...more)
      : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const general = program.getOptionsDiagnostics();
  return [...texts.keys()].map((path) => {
    const file = program.getSourceFile(path);
    return [
      ...general,
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}
