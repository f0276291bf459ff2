import { join } from 'node:path';
import { run } from '../command.mjs';
import { Project } from '../project.mjs';
import { checkTypes } from '../types.mjs';
import { NEST_11, REQUIRED } from './in-one-process.mjs';

/** How modules are found, and which of the fixtures is compiled so. */
const RESOLUTIONS = /** @type {const} */ ([
  ['consumer.ts', { module: 'nodenext' }],
  ['consumer.cts', { module: 'nodenext' }],
  ['consumer.cts', { module: 'node16' }],
  ['consumer.ts', { module: 'esnext', moduleResolution: 'bundler' }],
  ['consumer.cts', { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' }],
]);

/** The oldest compiler that Nest's own declarations of today can be read with, and later ones. */
const COMPILERS = ['5.4.5', '5.7.3', '5.9.3'];

/** @type {import('../run.mjs').Check[]} */
export const types = [
  {
    title: 'types, however modules are found, with `lib: ES2021` and without skipLibCheck',
    run({ directory, library, pick }) {
      const dependencies = { ...NEST_11, ...pick(...REQUIRED), ...library };
      const project = new Project(directory, 'types', dependencies, MODULE);
      for (const [fixture, options] of RESOLUTIONS) {
        checkTypes(project, fixture, { ...options, lib: ['ES2021'] });
      }
    },
  },
  ...COMPILERS.map((version) => ({
    title: `types with TypeScript ${version}`,
    isLong: true,
    /** @param {import('../run.mjs').Context} context */
    run({ directory, library, pick }) {
      const compiler = { typescript: version, ...pick('@types/node') };
      const dependencies = { ...NEST_11, ...pick(...REQUIRED), ...library, ...compiler };
      const project = new Project(directory, `typescript-${version}`, dependencies, MODULE);
      const tsc = join(project.directory, 'node_modules/typescript/bin/tsc');
      const flags = '--noEmit --strict --skipLibCheck --target es2022 --experimentalDecorators';
      for (const [fixture, { module, moduleResolution }] of RESOLUTIONS) {
        const resolution =
          moduleResolution === undefined ? [] : ['--moduleResolution', moduleResolution];
        const args = [...flags.split(' '), '--module', module, ...resolution];
        run(process.execPath, [tsc, ...args, project.copy(fixture)], project.directory);
      }
    },
  })),
];

/** Without it, a `.ts` file is CommonJS. */
const MODULE = { manifest: { type: 'module' } };
