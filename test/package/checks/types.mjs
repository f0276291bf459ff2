import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Project } from '../project.mjs';
import { typeErrors } from '../types.mjs';
import { NEST_11, REQUIRED } from './in-one-process.mjs';

const require = createRequire(import.meta.url);

/** How modules are found, and which of the fixtures is compiled so. */
const RESOLUTIONS = /** @type {const} */ ([
  ['consumer.ts', { module: 'nodenext' }],
  ['consumer.cts', { module: 'nodenext' }],
  ['consumer.cts', { module: 'node16' }],
  ['consumer.ts', { module: 'esnext', moduleResolution: 'bundler' }],
  ['consumer.cts', { module: 'commonjs', moduleResolution: 'node10' }],
]);

/** The oldest compiler that Nest's own declarations of today can be read with, and later ones. */
const COMPILERS = ['5.4.5', '5.5.4', '5.6.3', '5.7.3', '5.8.3', '5.9.3', '6.0.3', '7.0.2'];

/** @type {import('../run.mjs').Check[]} */
export const types = [
  {
    title: 'types, however modules are found, with `lib: ES2021` and without skipLibCheck',
    run({ directory, library, pick }) {
      const dependencies = { ...NEST_11, ...pick(...REQUIRED), ...library };
      const project = new Project(directory, 'types', dependencies, MODULE);
      const { version } = require('typescript/package.json');
      report(errorsOf(project, version, require.resolve('typescript/bin/tsc')));
    },
  },
  {
    title: `types with TypeScript ${COMPILERS.join(', ')}, likewise`,
    isLong: true,
    run({ directory, library, pick }) {
      const compilers = COMPILERS.map((version) => [`tsc-${version}`, `npm:typescript@${version}`]);
      const dependencies = { ...NEST_11, ...pick(...REQUIRED), ...library };
      Object.assign(dependencies, Object.fromEntries(compilers));
      const project = new Project(directory, 'compilers', dependencies, MODULE);
      const modules = join(project.directory, 'node_modules');
      report(
        COMPILERS.flatMap((version) =>
          errorsOf(project, version, join(modules, `tsc-${version}/bin/tsc`)),
        ),
      );
    },
  },
];

/** Without it, a `.ts` file is CommonJS. */
const MODULE = { manifest: { type: 'module' } };

/** @param {Project} project @param {string} version of TypeScript @param {string} tsc */
function errorsOf(project, version, tsc) {
  const major = Number(version.split('.')[0]);
  return RESOLUTIONS.flatMap(([fixture, resolution]) => {
    const isDeprecated =
      'moduleResolution' in resolution && resolution.moduleResolution === 'node10';
    // TypeScript 7 does not have it any more.
    if (isDeprecated && major >= 7) return [];
    const options = {
      ...resolution,
      ...(isDeprecated && major === 6 ? { ignoreDeprecations: '6.0' } : {}),
      lib: ['ES2021'],
    };
    const setting = `TypeScript ${version}, ${JSON.stringify(resolution)}`;
    return typeErrors(project, fixture, options, tsc).map((error) => `${setting}: ${error}`);
  });
}

/** @param {string[]} errors */
function report(errors) {
  if (errors.length > 0) throw new Error(errors.join('\n'));
}
