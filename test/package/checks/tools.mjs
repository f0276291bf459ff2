import { join } from 'node:path';
import { run } from '../command.mjs';
import { Project } from '../project.mjs';
import { NEST_11, NEST_12, REQUIRED } from './in-one-process.mjs';

const esbuild = join(import.meta.dirname, '../../../node_modules/.bin/esbuild');

/** What Nest loads where it is installed, and a bundler has to leave alone. */
const OPTIONAL = [
  '@nestjs/websockets*',
  '@nestjs/microservices*',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  'class-validator',
  'class-transformer*',
];

/** Bundled CommonJS asks for Node's modules by `require`, which ES modules do not have. */
const REQUIRE =
  "import { createRequire as from } from 'node:module'; const require = from(import.meta.url);";

const PNPM = 'pnpm@10.24.0';
const YARN = '@yarnpkg/cli-dist@4.12.0';

/** @type {import('../run.mjs').Check[]} */
export const tools = [
  {
    title: 'one file by esbuild, CommonJS and ES modules',
    run({ directory, library, pick }) {
      const required = { ...pick(...REQUIRED), ...library };
      bundle(new Project(directory, 'bundle-11', { ...NEST_11, ...required }), 'nest-11.cjs');
      const nest12 = { ...pick(...NEST_12), ...required };
      bundle(new Project(directory, 'bundle-12', nest12), 'nest-12.mjs');
    },
  },
  {
    title: 'pnpm, which hides what is not declared',
    isLong: true,
    run({ directory, library, pick }) {
      const dependencies = { ...pick(...NEST_12), ...pick(...REQUIRED), ...library };
      const project = new Project(directory, 'pnpm', dependencies, {
        install: (cwd) => exec(cwd, PNPM, 'install', '--ignore-scripts'),
      });
      project.run('nest-12.mjs');
      project.run('mixed.mjs');
    },
  },
  {
    title: 'Yarn with Plug’n’Play',
    isLong: true,
    run({ directory, library, pick }) {
      const dependencies = { ...NEST_11, ...pick(...REQUIRED), ...library };
      const project = new Project(directory, 'yarn', dependencies, {
        // Without a lock file of its own, the project would belong to one further up.
        files: { 'yarn.lock': '' },
        install: (cwd) => exec(cwd, YARN, 'install'),
      });
      for (const fixture of ['nest-11.cjs', 'mixed.mjs']) {
        const { stderr } = exec(project.directory, YARN, 'node', project.copy(fixture));
        if (stderr !== '') throw new Error(`${fixture} wrote to stderr:\n${stderr}`);
      }
    },
  },
];

/** @param {Project} project @param {string} fixture */
function bundle(project, fixture) {
  const isModule = fixture.endsWith('.mjs');
  const file = join(project.directory, isModule ? 'bundle.mjs' : 'bundle.cjs');
  const args = [
    project.copy(fixture),
    '--bundle',
    '--platform=node',
    '--keep-names',
    `--format=${isModule ? 'esm' : 'cjs'}`,
    `--outfile=${file}`,
    ...(isModule ? [`--banner:js=${REQUIRE}`] : []),
    ...OPTIONAL.map((name) => `--external:${name}`),
  ];
  run(esbuild, args, project.directory);
  project.runFile(file);
}

/** @param {string} cwd @param {string} program @param {string[]} args */
function exec(cwd, program, ...args) {
  const env = { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false', YARN_ENABLE_TELEMETRY: '0' };
  return run('npm', ['exec', '--yes', '--', program, ...args], cwd, { env });
}
