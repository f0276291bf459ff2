import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './command.mjs';

const fixtures = join(import.meta.dirname, 'fixtures');

/** Files that several fixtures load. */
const SHARED = ['check-app.cjs', 'check-mixed.cjs'];

export const QUIET = ['--no-audit', '--no-fund', '--prefer-offline'];

/** A fresh project that has nothing but the given dependencies. */
export class Project {
  /**
   * @param {string} parent
   * @param {string} name
   * @param {Record<string, string>} dependencies
   * @param {{ manifest?: object, files?: Record<string, string>, install?: (cwd: string) => void }}
   *   [options] what else its `package.json` holds, further files, and who installs, by default npm
   */
  constructor(parent, name, dependencies, { manifest = {}, files = {}, install = byNpm } = {}) {
    this.directory = join(parent, name);
    mkdirSync(this.directory);
    const whole = { name, version: '1.0.0', private: true, dependencies, ...manifest };
    const all = { 'package.json': JSON.stringify(whole), ...files };
    for (const [file, text] of Object.entries(all)) writeFileSync(join(this.directory, file), text);
    install(this.directory);
    for (const file of SHARED) this.copy(file);
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
      const folder = join(copy, 'dist', build);
      for (const script of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
        const file = join(folder, script);
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace(/VERSION = "[^"]*"/, 'VERSION = "0.0.1-other"'));
      }
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
   * @param {{ node?: string, flags?: string[] }} [options] by default this Node.js
   */
  run(fixture, options) {
    this.runFile(this.copy(fixture), options);
  }

  /** Likewise a program of the project's own. @param {string} file @param {Parameters<Project['run']>[1]} [options] */
  runFile(file, { node = process.execPath, flags = [] } = {}) {
    const { stderr } = run(node, [...flags, file], this.directory, { node });
    if (stderr !== '') throw new Error(`${basename(file)} wrote to stderr:\n${stderr}`);
  }
}

/** A peer range that does not fit is an error here, where npm would often only warn. @param {string} cwd */
function byNpm(cwd) {
  run('npm', ['install', '--strict-peer-deps', '--ignore-scripts', ...QUIET], cwd);
}
