import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

  /**
   * Installs a package once more, as `other-version`, with another version.
   *
   * @param {string} name
   */
  addOtherVersion(name) {
    const modules = join(this.directory, 'node_modules');
    const copy = join(modules, 'other-version');
    cpSync(join(modules, name), copy, { recursive: true });
    for (const build of ['esm', 'cjs']) {
      const file = join(copy, 'dist', build, 'core/version.js');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace(/VERSION = '[^']*'/, "VERSION = '0.0.1-other'"));
    }
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
    this.copy('check-mixed.cjs');
    const { stderr } = run(process.execPath, [this.copy(fixture)], this.directory);
    if (stderr !== '') throw new Error(`${fixture} wrote to stderr:\n${stderr}`);
  }
}
