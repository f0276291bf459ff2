import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import ts from 'typescript';

const require = createRequire(import.meta.url);
const library = require('../../package.json').name;
// The declarations of Node.js and of test globals are those of this repository.
const typeRoots = [dirname(dirname(require.resolve('@types/node/package.json')))];

/**
 * Compiles a file of the fixtures against the installed library, declarations included. Errors in
 * the declarations of other packages are theirs, and are left out.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} fixture
 * @param {Record<string, string | string[]>} options how modules are found, above all
 */
export function checkTypes(project, fixture, options) {
  const file = project.copy(fixture);
  const config = {
    compilerOptions: {
      target: 'es2022',
      ...options,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      typeRoots,
      types: ['node'],
    },
    files: [file],
  };
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, project.directory);
  const program = ts.createProgram(parsed.fileNames, parsed.options);
  const errors = [...parsed.errors, ...ts.getPreEmitDiagnostics(program)].filter(isOurs(file));
  if (errors.length === 0) return;
  throw new Error(
    ts.formatDiagnostics(errors, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => project.directory,
      getNewLine: () => '\n',
    }),
  );
}

/** @param {string} file */
function isOurs(file) {
  const ours = `/node_modules/${library}/`;
  return (/** @type {ts.Diagnostic} */ diagnostic) => {
    const name = diagnostic.file?.fileName;
    return name === undefined || name === file || name.includes(ours);
  };
}
