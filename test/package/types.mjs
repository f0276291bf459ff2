import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const library = require('../../package.json').name;
// The declarations of Node.js are those of this repository.
const typeRoots = [dirname(dirname(require.resolve('@types/node/package.json')))];

/**
 * Compiles a file of the fixtures against the installed library, declarations included. Errors in
 * the declarations of other packages are theirs, and are left out.
 *
 * @param {import('./project.mjs').Project} project
 * @param {string} fixture
 * @param {Record<string, string | string[]>} options how modules are found, above all
 * @param {string} tsc the compiler's program
 * @returns {string[]} what the compiler has to say
 */
export function typeErrors(project, fixture, options, tsc) {
  const file = project.copy(fixture);
  const compilerOptions = {
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
  };
  const config = join(project.directory, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [basename(file)] }));
  const { status, stdout, error } = spawnSync(
    process.execPath,
    [tsc, '-p', config, '--pretty', 'false'],
    { cwd: project.directory, encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  // Details of an error are on indented lines below it.
  const errors = stdout.split(/\n(?!\s)/).filter((line) => line !== '');
  if (status !== 0 && errors.length === 0) throw new Error(`${tsc} ended with ${status}`);
  return errors.filter((line) => {
    const where = /^(.+?)\(\d+,\d+\): error/.exec(line)?.[1];
    return where === undefined || where === fixture || where.includes(`node_modules/${library}/`);
  });
}
