import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import ts from 'typescript';

export interface SourceImport {
  /** The importing file, relative to the folder, with forward slashes. */
  readonly from: string;
  /** The imported file, likewise; or the package specifier as it stands. */
  readonly to: string;
  /** Whether `to` is a file of the folder. */
  readonly isLocal: boolean;
  /** Whether nothing is left of it in the compiled file. */
  readonly typeOnly: boolean;
}

/** All imports and re-exports of the TypeScript files in a folder, dynamic ones and types included. */
export function importsOf(folder: string): SourceImport[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => importsOfFile(folder, file.split(sep).join('/')));
}

function importsOfFile(folder: string, from: string): SourceImport[] {
  const text = readFileSync(join(folder, from), 'utf8');
  const imports: SourceImport[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const isLocal = specifier.text.startsWith('.');
    const file = posix.join(posix.dirname(from), specifier.text).replace(/\.js$/, '.ts');
    imports.push({ from, to: isLocal ? file : specifier.text, isLocal, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(from, text, ts.ScriptTarget.ES2022, true));
  return imports;
}

/** `import { type A }` is none: under `verbatimModuleSyntax` the module is loaded all the same. */
function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}
