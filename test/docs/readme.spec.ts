import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };

/** Examples in TypeScript, by the line of the README on which they begin. */
const examples = new Map(
  [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => [
    readme.slice(0, match.index).split('\n').length + 1,
    match[1] as string,
  ]),
);

/** What a chapter says, up to the next heading of any level. */
function chapter(title: string): string {
  const [, text] = readme.split(new RegExp(`^#+ ${title}$`, 'm'));
  return (text ?? '').split(/^#+ /m)[0] ?? '';
}

/** The code in the first column of a table. */
function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| `(\w+)/gm)].map(([, code]) => code as string);
}

/** Names of the public members of an interface or class. */
function membersOf(file: string, type: string): string[] {
  const path = join(root, 'lib', file);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  for (const node of source.statements) {
    if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) continue;
    if (node.name?.text !== type) continue;
    return [...node.members].flatMap((member) =>
      member.name !== undefined && ts.isIdentifier(member.name) ? [member.name.text] : [],
    );
  }
  throw new Error(`There is no ${type} in ${file}`);
}

describe('README', () => {
  it('has examples that compile against the library', () => {
    expect(examples.size).toBeGreaterThan(5);
    expect(compile(examples)).toEqual([]);
  }, 60_000);

  it('tells of every option, and of no other', () => {
    const options = membersOf('options/prometheus-options.ts', 'PrometheusModuleOptions');
    expect(firstColumn(chapter('Options')).sort()).toEqual(options.sort());
  });

  it('tells of every member of the service, and of no other', () => {
    const members = membersOf('prometheus.service.ts', 'PrometheusService');
    expect(firstColumn(chapter('PrometheusService')).sort()).toEqual(members.sort());
  });

  it('has no link to a heading that is not there', () => {
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      (title as string)
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...readme.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((anchor) => !headings.includes(anchor as string))).toEqual([]);
  });
});

/** Type-checks the examples as modules of their own; the errors, with their lines in the README. */
function compile(sources: ReadonlyMap<number, string>): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
  // Entry points of the package are the files right in lib/.
  options.paths = { [name]: ['./lib/index.ts'], [`${name}/*`]: ['./lib/*.ts'] };
  const files = new Map(
    [...sources].map(([line, text]) => [join(root, `readme-line-${line}.ts`), { line, text }]),
  );
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  const exists = host.fileExists.bind(host);
  host.readFile = (path) => files.get(path)?.text ?? read(path);
  host.fileExists = (path) => files.has(path) || exists(path);
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([path, { line }]) => {
    const file = program.getSourceFile(path);
    const found = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ];
    return found.map(({ start = 0, messageText }) => {
      const place = line + (file?.getLineAndCharacterOfPosition(start).line ?? 0);
      return `README.md:${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  });
}
