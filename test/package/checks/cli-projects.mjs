import { CliProject } from '../cli-project.mjs';
import { nodeBinary } from '../node-binary.mjs';
import { VERSIONS } from './runtimes.mjs';

/** @type {import('../run.mjs').Check[]} */
export const cliProjects = [
  {
    title: 'a project as @nestjs/cli@11 makes it: CommonJS with Jest',
    async run({ directory, library, pick }) {
      const project = CliProject.version11(directory, dependencies(library, pick));
      project.checkScripts();
      await project.checkStart();
    },
  },
  {
    title: 'the project of @nestjs/cli@11: webpack, swc, and every Node.js',
    isLong: true,
    async run({ directory, library, pick }) {
      const parent = `${directory}/long`;
      const project = CliProject.version11(parent, dependencies(library, pick));
      await project.checkBuilds(['build', '--webpack'], ['build', '-b', 'swc']);
      await checkOn(VERSIONS, project, directory);
    },
  },
  {
    title: 'a project as @nestjs/cli@12 makes it: ES modules with Vitest',
    isLong: true,
    async run({ directory, library, pick }) {
      const node = nodeBinary(directory, '24');
      const project = CliProject.version12(directory, 'esm', dependencies(library, pick), node);
      project.checkScripts();
      await project.checkStart();
      await checkOn(['22', '26'], project, directory);
      await project.checkBuilds(['build', '-b', 'swc']);
    },
  },
  {
    title: 'a project as @nestjs/cli@12 makes it: CommonJS with Jest',
    isLong: true,
    async run({ directory, library, pick }) {
      const node = nodeBinary(directory, '24');
      const more = { ...dependencies(library, pick), ...WEBPACK };
      const project = CliProject.version12(directory, 'cjs', more, node);
      project.checkScripts();
      await project.checkStart();
      // On Node.js 22 Jest cannot load Nest 12, which is ES modules, by require().
      await checkOn(['26'], project, directory);
      await project.checkBuilds(['build', '--webpack'], ['build', '-b', 'swc']);
    },
  },
];

/** What the command line 12 asks to install for webpack. */
const WEBPACK = {
  webpack: '^5.0.0',
  'webpack-node-externals': '^3.0.0',
  'tsconfig-paths-webpack-plugin': '^4.0.0',
  'fork-ts-checker-webpack-plugin': '^9.0.0',
};

/** @param {string[]} versions of Node.js @param {CliProject} project @param {string} directory for them */
async function checkOn(versions, project, directory) {
  for (const version of versions) {
    const other = project.on(nodeBinary(directory, version));
    other.checkScripts();
    await other.checkStart();
  }
}

/** @param {Record<string, string>} library @param {import('../run.mjs').Context['pick']} pick */
function dependencies(library, pick) {
  return { ...library, ...pick('prom-client') };
}
