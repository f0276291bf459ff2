/**
 * `npm run test:package`: packs the library, and installs the tarball in fresh projects as users
 * have them. Each check runs even if an earlier one failed.
 *
 * `npm run test:projects` adds what takes longer than every change can wait for. Words after `--`
 * choose the checks whose titles hold one of them.
 *
 * @example
 * npm run test:projects -- Yarn pnpm 'Nest 10.4'
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliProjects } from './checks/cli-projects.mjs';
import { commandLine } from './checks/command-line.mjs';
import { inOneProcess } from './checks/in-one-process.mjs';
import { jestHeap } from './checks/jest-heap.mjs';
import { kubernetes } from './checks/kubernetes.mjs';
import { nestVersions } from './checks/nest-versions.mjs';
import { runtimes } from './checks/runtimes.mjs';
import { tools } from './checks/tools.mjs';
import { types } from './checks/types.mjs';
import { checkContents, checkWithTools, pack } from './tarball.mjs';

/**
 * @typedef {object} Context
 * @property {string} directory for projects
 * @property {Record<string, string>} library the dependency on what was packed
 * @property {(...names: string[]) => Record<string, string>} pick the versions that this repository pins
 *
 * @typedef {object} Check
 * @property {string} title
 * @property {boolean} [isLong] whether it is left out of `npm run test:package`
 * @property {(context: Context) => void | Promise<void>} run
 */

const require = createRequire(import.meta.url);
const { name, devDependencies: pinned } = require('../../package.json');

const [set, ...words] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'package-checks-'));
/** @type {string[]} */
const failures = [];

try {
  const tarball = pack(directory);
  const context = {
    directory,
    library: { [name]: `file:${tarball.path}` },
    /** @param {string[]} names */
    pick: (...names) => Object.fromEntries(names.map((one) => [one, pinned[one]])),
  };
  /** @type {Check[]} */
  const checks = [
    { title: 'the tarball holds what it should', run: () => checkContents(tarball.files) },
    { title: 'publint and attw find nothing', run: () => checkWithTools(tarball.path) },
    ...inOneProcess,
    ...types,
    ...commandLine,
    ...kubernetes,
    ...cliProjects,
    ...jestHeap,
    ...nestVersions,
    ...runtimes,
    ...tools,
  ];
  const chosen = checks.filter(
    ({ title, isLong = false }) =>
      (set === 'all' || !isLong) &&
      (words.length === 0 || words.some((word) => title.includes(word))),
  );
  if (chosen.length === 0) throw new Error(`no check's title has ${words.join(' or ')} in it`);
  for (const { title, run } of chosen) await check(title, () => run(context));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

console.log(failures.length === 0 ? 'all package checks passed' : `failed: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** @param {string} title @param {() => void | Promise<void>} run */
async function check(title, run) {
  const start = performance.now();
  try {
    await run();
    console.log(`ok      ${title} (${Math.round((performance.now() - start) / 1000)} s)`);
  } catch (error) {
    failures.push(title);
    console.error(`FAILED  ${title}\n${error instanceof Error ? error.message : error}`);
  }
}
