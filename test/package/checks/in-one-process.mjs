import { createRequire } from 'node:module';
import { Project } from '../project.mjs';

const { name } = createRequire(import.meta.url)('../../../package.json');

/** The newest of Nest 11, the last major that is CommonJS. */
export const NEST_11 = {
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/platform-express': '11.2.10',
  '@nestjs/platform-fastify': '11.2.8',
};

export const REQUIRED = /** @type {const} */ (['prom-client', 'reflect-metadata', 'rxjs']);

export const NEST_12 = /** @type {const} */ ([
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
]);

/** @type {import('../run.mjs').Check[]} */
export const inOneProcess = [
  {
    title: 'ES modules, with the required peers alone',
    run({ directory, library, pick }) {
      const nest = pick('@nestjs/common', '@nestjs/core');
      const project = new Project(directory, 'esm', { ...nest, ...pick(...REQUIRED), ...library });
      project.run('required-peers.mjs');
    },
  },
  {
    title: 'Nest 11, which is CommonJS: by require, both ways at once, beside another prom-client',
    run({ directory, library, pick }) {
      const dependencies = { ...NEST_11, ...pick(...REQUIRED), ...library };
      const project = new Project(directory, 'nest-11', dependencies);
      project.run('nest-11.cjs');
      project.run('mixed.mjs');
      project.run('two-clients.cjs');
    },
  },
  {
    title:
      'Nest 12, which is ES modules: by import, both ways at once, two versions of the library',
    run({ directory, library, pick }) {
      const dependencies = { ...pick(...NEST_12), ...pick(...REQUIRED), ...library };
      const project = new Project(directory, 'nest-12', dependencies);
      project.run('nest-12.mjs');
      project.run('mixed.mjs');
      project.addOtherVersion(name);
      project.run('two-versions.mjs');
    },
  },
];
