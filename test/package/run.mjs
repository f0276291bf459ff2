/**
 * `npm run test:package`: packs the library, and installs the tarball in fresh projects as users
 * have them. Each check runs even if an earlier one failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Project } from './project.mjs';
import { checkContents, pack } from './tarball.mjs';
import { checkTypes } from './types.mjs';

const require = createRequire(import.meta.url);
const { name, devDependencies: pinned } = require('../../package.json');

/** Nest 11, the last major that is CommonJS. */
const NEST_11 = {
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/platform-express': '11.2.10',
  '@nestjs/platform-fastify': '11.2.8',
};

const directory = mkdtempSync(join(tmpdir(), 'package-checks-'));
const failures = [];

try {
  const tarball = pack(directory);
  const library = { [name]: `file:${tarball.path}` };
  const required = pick('prom-client', 'reflect-metadata', 'rxjs');

  check('the tarball holds what it should', () => checkContents(tarball.files));

  check('ESM, with the required peers alone', () => {
    const nest = pick('@nestjs/common', '@nestjs/core');
    const project = new Project(directory, 'esm', { ...nest, ...required, ...library });
    project.run('required-peers.mjs');
  });

  check('CommonJS: require() in a Nest 11 application', () => {
    const project = new Project(directory, 'cjs', { ...NEST_11, ...required, ...library });
    project.run('nest-11.cjs');
    project.run('two-clients.cjs');
    project.run('mixed.mjs');
    checkTypes(project, 'consumer.cts', { module: 'nodenext' });
  });

  check('ESM: a Nest 12 application, and its types', () => {
    const nest = pick(
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/platform-express',
      '@nestjs/platform-fastify',
    );
    const project = new Project(directory, 'nest-12', { ...nest, ...required, ...library });
    project.run('nest-12.mjs');
    project.run('mixed.mjs');
    project.addOtherVersion(name);
    project.run('two-versions.mjs');
    checkTypes(project, 'consumer.ts', { module: 'nodenext' });
    checkTypes(project, 'consumer.ts', { module: 'esnext', moduleResolution: 'bundler' });
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}

console.log(failures.length === 0 ? 'all package checks passed' : `failed: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** @param {string} title @param {() => void} run */
function check(title, run) {
  const start = performance.now();
  try {
    run();
    console.log(`ok      ${title} (${Math.round(performance.now() - start)} ms)`);
  } catch (error) {
    failures.push(title);
    console.error(`FAILED  ${title}\n${error instanceof Error ? error.message : error}`);
  }
}

/** @param {string[]} names @returns {Record<string, string>} the versions that this repository pins */
function pick(...names) {
  return Object.fromEntries(names.map((dependency) => [dependency, pinned[dependency]]));
}
