import { Project } from '../project.mjs';
import { REQUIRED } from './in-one-process.mjs';

/** The lowest versions that the peer ranges let in, and where each of them has its platforms. */
const LOWEST = {
  10.4: { nest: '10.4.0', fastify: '10.4.0' },
  // The first adapter for Fastify that says itself that it is for Nest 11.
  '11.0': { nest: '11.0.0', fastify: '11.0.3' },
  11.1: { nest: '11.1.0', fastify: '11.1.0' },
};

/** @type {import('../run.mjs').Check[]} */
export const nestVersions = Object.entries(LOWEST).map(([name, { nest, fastify }]) => ({
  title: `Nest ${name}, with the lowest versions of the other peers`,
  isLong: true,
  run({ directory, library, pick }) {
    const versions = {
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      '@nestjs/platform-express': nest,
      '@nestjs/platform-fastify': fastify,
      ...pick(...REQUIRED),
      'prom-client': '15.1.0',
      'reflect-metadata': '0.1.13',
      rxjs: '7.8.0',
    };
    const project = new Project(directory, `nest-${name}`, { ...versions, ...library });
    project.run('nest-11.cjs');
    project.run('mixed.mjs');
  },
}));
