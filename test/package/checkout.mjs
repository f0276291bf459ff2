import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { environment, run } from './command.mjs';
import { QUIET } from './project.mjs';

const root = join(import.meta.dirname, '../..');

/** What is not copied: it is installed anew, or is of no use without the repository. */
const LEFT_BEHIND = new Set(['node_modules', 'coverage', '.git']);

/**
 * This repository and what was built of it, copied to another place, with other versions of the
 * packages that it is tested with.
 */
export class Checkout {
  #node;

  /**
   * @param {string} directory does not exist yet
   * @param {Record<string, string>} packages what is installed in place of what this repository pins
   * @param {string} [node] what installs and runs, by default this Node.js
   */
  constructor(directory, packages, node = process.execPath) {
    this.directory = directory;
    this.#node = node;
    cpSync(root, directory, {
      recursive: true,
      filter: (source) => !LEFT_BEHIND.has(basename(source)),
    });
    const file = join(directory, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    Object.assign(manifest.devDependencies, packages);
    writeFileSync(file, JSON.stringify(manifest, null, 2));
    // Packages that no test of theirs needs may ask for the versions that were replaced.
    const args = ['install', '--legacy-peer-deps', '--ignore-scripts', ...QUIET];
    run('npm', args, directory, { node });
  }

  /**
   * Runs spec files and shows what Jest says.
   *
   * @param {string[]} args of Jest
   * @throws Error when one fails
   */
  test(...args) {
    const { status } = spawnSync(this.#node, ['test/support/run-tests.mjs', ...args], {
      // Jest finds no file through a symbolic link.
      cwd: realpathSync(this.directory),
      env: environment(this.#node),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status !== 0) throw new Error('tests failed');
  }
}
