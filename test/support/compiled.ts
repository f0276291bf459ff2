import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

const ROOT = join(import.meta.dirname, '../..');

/**
 * The library and the fixtures as JavaScript, for processes that run without Jest: compiled here,
 * so that a test never meets an older build.
 */
export class Compiled {
  readonly #directory = join(ROOT, 'build', `test-${process.pid}`);
  readonly #fixtures: string;

  /** @param fixtures their folder, from the root of the repository */
  constructor(fixtures: string) {
    this.#fixtures = join(this.#directory, fixtures);
    compileAll(join(ROOT, 'lib'), join(this.#directory, 'lib'));
    compileAll(join(ROOT, fixtures), this.#fixtures);
  }

  /** Path of a fixture that can be run. */
  fixture(name: string): string {
    return join(this.#fixtures, `${name}.js`);
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function compileAll(from: string, to: string): void {
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const target = join(to, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, compile(join(from, name)));
  }
}

function compile(filename: string): string {
  return transformSync(readFileSync(filename, 'utf8'), {
    filename,
    swcrc: false,
    configFile: false,
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: {
        legacyDecorator: true,
        decoratorMetadata: true,
        useDefineForClassFields: true,
        verbatimModuleSyntax: true,
      },
    },
  }).code;
}
