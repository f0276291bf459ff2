import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';

const fixtures = join(import.meta.dirname, 'fixtures');

/** A fresh project that has nothing but the given dependencies. */
export class Project {
  /**
   * @param {string} parent
   * @param {string} name
   * @param {Record<string, string>} dependencies
   */
  constructor(parent, name, dependencies) {
    this.directory = join(parent, name);
    mkdirSync(this.directory);
    const manifest = { name, version: '1.0.0', private: true, dependencies };
    writeFileSync(join(this.directory, 'package.json'), JSON.stringify(manifest));
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];
    // A peer range that does not fit is an error here, where npm would often only warn.
    run('npm', ['install', '--strict-peer-deps', ...quiet], this.directory);
  }

  /** @param {string} fixture @returns {string} the file's path in the project */
  copy(fixture) {
    const target = join(this.directory, fixture);
    copyFileSync(join(fixtures, fixture), target);
    return target;
  }

  /**
   * Runs a program of the fixtures. It has to end by itself, and to print no warning.
   *
   * @param {string} fixture
   */
  run(fixture) {
    this.copy('check-app.cjs');
    const { stderr } = run(process.execPath, [this.copy(fixture)], this.directory);
    if (stderr !== '') throw new Error(`${fixture} wrote to stderr:\n${stderr}`);
  }
}
