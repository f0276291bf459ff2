/**
 * `npm run test:client-alias` and `npm run test:nest`: the e2e and regression tests in a copy of this
 * repository that has other versions installed. Arguments choose among the settings below; what comes
 * after `--` is for Jest. Takes a quarter of an hour, and is no part of CI.
 *
 * @example
 * npm run test:nest -- 10.4
 * npm run test:nest -- 11.0 -- test/e2e/http
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checkout } from './checkout.mjs';
import { run } from './command.mjs';
import { SETTINGS } from './e2e-settings.mjs';
import { nodeBinary } from './node-binary.mjs';

const root = join(import.meta.dirname, '../..');
const separator = process.argv.indexOf('--');
const names = process.argv.slice(2, separator < 0 ? undefined : separator);
const jestArguments =
  separator < 0 ? ['test/e2e', 'test/regression'] : process.argv.slice(separator + 1);
const chosen = SETTINGS.filter(({ name }) => names.some((given) => name.startsWith(given)));
if (chosen.length === 0) {
  throw new Error(`settings are ${SETTINGS.map(({ name }) => name).join(', ')}`);
}

const directory = mkdtempSync(join(tmpdir(), 'e2e-'));
// Some tests start processes of another user, who has to get at the programs in it.
chmodSync(directory, 0o755);
/** @type {string[]} */
const failures = [];
try {
  for (const script of ['build', 'build:samples']) run('npm', ['run', script], root);
  for (const { name, title, packages, node, leftOut } of chosen) {
    console.log(`\n== ${title}`);
    const binary = node === undefined ? undefined : nodeBinary(directory, node);
    const checkout = new Checkout(join(directory, name), packages, binary);
    const left = leftOut.map(({ reason, files = [], tests = [] }) => {
      console.log(`left out, ${reason}: ${[...files, ...tests].join('; ')}`);
      return { files, tests };
    });
    const files = left.flatMap((one) => one.files);
    const tests = left.flatMap((one) => one.tests);
    const ignored = [
      ...files.flatMap((file) => ['--testPathIgnorePatterns', file]),
      ...(tests.length === 0 ? [] : ['--testNamePattern', `^(?!.*(${tests.join('|')}))`]),
    ];
    try {
      checkout.test(...jestArguments, ...ignored);
    } catch {
      failures.push(title);
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
console.log(failures.length === 0 ? '\nall passed' : `\nfailed: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
