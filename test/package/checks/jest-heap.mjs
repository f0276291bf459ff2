import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from '../command.mjs';
import { Project } from '../project.mjs';
import { NEST_11, REQUIRED } from './in-one-process.mjs';

const { name } = createRequire(import.meta.url)('../../../package.json');

const FILES = 20;

/** What the library may add to each file. Before it let go of all that it had, this was 9 MB. */
const MOST_ADDED_MB = 1;

/** @type {import('../run.mjs').Check[]} */
export const jestHeap = [
  {
    title: `${FILES} test files that start an application, in one process of Jest, keep nothing`,
    run({ directory, library, pick }) {
      const dependencies = { ...NEST_11, ...pick(...REQUIRED, 'jest'), ...library };
      const project = new Project(directory, 'jest-heap', dependencies);
      const bare = growth(project.directory, 'bare', '');
      const measured = growth(project.directory, 'measured', `require('${name}').PrometheusModule`);
      console.log(
        `MB a file: ${bare.toFixed(2)} without the library, ${measured.toFixed(2)} with it`,
      );
      if (measured - bare > MOST_ADDED_MB)
        throw new Error('an application leaves something behind');
    },
  },
];

/**
 * Runs Jest over test files that are all the same.
 *
 * @param {string} directory of the project
 * @param {string} label
 * @param {string} module an expression, or nothing
 * @returns {number} by how many MB the heap grows with each file
 */
function growth(directory, label, module) {
  const files = Array.from({ length: FILES }, (_, i) => `${label}-${i}.test.js`);
  for (const file of files) writeFileSync(join(directory, file), testFile(module));
  const args = [
    '--expose-gc',
    'node_modules/jest/bin/jest.js',
    '-i',
    '--logHeapUsage',
    '--testTimeout=60000',
    label,
  ];
  const { stderr } = run(process.execPath, args, directory);
  const sizes = Array.from(stderr.matchAll(/(\d+) MB heap size\)/g), ([, size]) => Number(size));
  if (sizes.length !== FILES) throw new Error(`Jest did not tell its heap:\n${stderr}`);
  // The first files fill caches that stay, of Jest and of Node.js.
  const [first, last] = [sizes[FILES / 4], sizes.at(-1)];
  return (last - first) / (FILES - 1 - FILES / 4);
}

/** @param {string} module */
function testFile(module) {
  const imports = module === '' ? '' : `${module}.forRoot()`;
  return `
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');

test('starts and closes', async () => {
  class AppModule {}
  Module({ imports: [${imports}] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  await (await fetch((await app.getUrl()) + '/metrics')).text();
  await app.close();
});
`;
}
