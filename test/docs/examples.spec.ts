import { join } from 'node:path';
import ts from 'typescript';
import { examples, fileNameOf, type Example } from './examples.js';
import { pageOf, root } from './pages.js';

const { name: packageName } = JSON.parse(pageOf('package.json').text) as { name: string };

const DECORATOR_OPTIONS = ['CounterOptions', 'GaugeOptions', 'HistogramOptions', 'SummaryOptions'];

/** The tables that list all members of a type, or of several. */
const TABLES: readonly (readonly [page: string, head: string, types: readonly string[]])[] = [
  ['docs/options.md', 'option', ['PrometheusModuleOptions']],
  ['docs/service.md', 'member', ['PrometheusService']],
  ['docs/decorators.md', 'option', DECORATOR_OPTIONS],
  ['docs/labels-and-cardinality.md', 'field', ['MetricContext']],
  ['docs/endpoint.md', '`endpoint.`', ['EndpointOptions']],
  ['docs/endpoint.md', '`server.`', ['MetricsServerOptions']],
];

const { program, files } = compiled();

describe('examples', () => {
  it('compile against the library', () => {
    expect(examples.length).toBeGreaterThan(15);
    expect([...files].flatMap(([path, example]) => errorsOf(path, example))).toEqual([]);
  });
});

describe('tables', () => {
  it.each(TABLES)(
    'of %s, under %s, tell of everything, and of nothing else',
    (page, head, types) => {
      const members = [...new Set(types.flatMap(publicMembersOf))];
      expect(firstColumn(pageOf(page).text, head).sort()).toEqual(members.sort());
    },
  );
});

/** The code in the first column of the table with this head. */
function firstColumn(text: string, head: string): string[] {
  const tables = [...text.matchAll(/^\| ([^|]*?) *\|.*\n\| -.*\n((?:\|.*\n)+)/gm)];
  const found = tables.filter(([, title]) => title === head);
  expect(found).toHaveLength(1);
  return [...(found[0]?.[2] ?? '').matchAll(/^\| `(\w+)/gm)].map(([, code]) => code as string);
}

/** Names of the public members of a type that the library exports, but those marked `@alpha`. */
function publicMembersOf(type: string): string[] {
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile(join(root, 'lib/index.ts'));
  const module = entry === undefined ? undefined : checker.getSymbolAtLocation(entry);
  const exported = module === undefined ? [] : checker.getExportsOfModule(module);
  const symbol = exported.find(({ name }) => name === type);
  if (symbol === undefined) throw new Error(`The library does not export ${type}`);
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return checker
    .getDeclaredTypeOfSymbol(target)
    .getProperties()
    .filter((member) => !member.getJsDocTags(checker).some((tag) => tag.name === 'alpha'))
    .filter(({ declarations = [] }) =>
      declarations.every(
        (declaration) =>
          !(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) &&
          !(
            ts.isPropertyDeclaration(declaration) &&
            declaration.name.kind === ts.SyntaxKind.PrivateIdentifier
          ),
      ),
    )
    .map(({ name }) => name);
}

/** Reads the library and, as modules of their own, the examples. */
function compiled(): { program: ts.Program; files: ReadonlyMap<string, Example> } {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
  // Entry points of the package are the files right in lib/.
  options.paths = { [packageName]: ['./lib/index.ts'], [`${packageName}/*`]: ['./lib/*.ts'] };
  const sources = new Map(examples.map((example) => [join(root, fileNameOf(example)), example]));
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  const exists = host.fileExists.bind(host);
  host.readFile = (path) => sources.get(path)?.text ?? read(path);
  host.fileExists = (path) => sources.has(path) || exists(path);
  const roots = [join(root, 'lib/index.ts'), ...sources.keys()];
  return { program: ts.createProgram(roots, options, host), files: sources };
}

/** What the compiler says of an example, with the lines of its page. */
function errorsOf(path: string, { page, line }: Example): string[] {
  const file = program.getSourceFile(path);
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return found.map(({ start = 0, messageText }) => {
    const place = line + (file?.getLineAndCharacterOfPosition(start).line ?? 0);
    return `${page}:${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
