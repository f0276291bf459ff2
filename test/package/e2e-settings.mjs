import { SUCCESSOR } from './checks/runtimes.mjs';

/**
 * @typedef {object} Setting
 * @property {string} name
 * @property {string} title
 * @property {Record<string, string>} packages versions in place of those that this repository pins
 * @property {string} [node] a range, by default the Node.js that runs
 * @property {LeftOut[]} leftOut tests that need what is not there
 *
 * @typedef {object} LeftOut
 * @property {string} reason
 * @property {string[]} [files]
 * @property {string[]} [tests] what their names have in them
 */

/** What Nest 11 has beside its own packages, in the newest version that is for it. */
const BESIDE_11 = {
  '@nestjs/apollo': '13.4.5',
  '@nestjs/bull': '11.0.5',
  '@nestjs/bullmq': '11.0.5',
  '@nestjs/cache-manager': '3.1.3',
  '@nestjs/cqrs': '11.0.3',
  '@nestjs/event-emitter': '3.1.0',
  '@nestjs/graphql': '13.4.5',
  '@nestjs/mercurius': '13.4.5',
  '@nestjs/schedule': '6.1.3',
  '@nestjs/swagger': '11.4.7',
};

/** Likewise for Nest 10, with Express 4 and Fastify 4. */
const BESIDE_10 = {
  '@apollo/server': '4.13.0',
  '@as-integrations/fastify': '2.1.1',
  '@nestjs/apollo': '12.2.2',
  '@nestjs/bull': '10.2.3',
  '@nestjs/bullmq': '10.2.3',
  '@nestjs/cache-manager': '3.1.3',
  '@nestjs/cqrs': '10.2.8',
  '@nestjs/event-emitter': '2.1.1',
  '@nestjs/graphql': '12.2.2',
  '@nestjs/mercurius': '12.2.2',
  '@nestjs/schedule': '4.1.2',
  '@nestjs/swagger': '7.4.2',
  'graphql-ws': '5.16.2',
  mercurius: '14.1.0',
};

/** @type {LeftOut[]} */
const LEFT_OUT_BEFORE_12 = [
  {
    reason: 'Nest answers `{}` where a handler returns a generator',
    tests: ['a generator is a stream'],
  },
  {
    reason: 'Nest has begun the answer, with 200, before an event stream can fail',
    tests: ['an event stream that fails at once is a 500'],
  },
  {
    reason: 'on Fastify, Nest never ends an answer that a handler has begun when it throws',
    tests: [String.raw`\[fastify\] after the headers were sent is one, with their status`],
  },
];

/** @type {LeftOut[]} */
const LEFT_OUT_11 = [
  ...LEFT_OUT_BEFORE_12,
  {
    reason: '@nestjs/observe does not start: it asks for the adapters of Nest 11.1.4',
    tests: ['beside @nestjs/observe'],
  },
];

/** @type {LeftOut[]} */
const LEFT_OUT_10 = [
  ...LEFT_OUT_BEFORE_12,
  {
    reason: 'Nest has no option `instrument`, and @nestjs/observe does not load',
    files: ['module/instrument.spec'],
  },
  {
    reason: 'Express has no wildcards with a name',
    tests: ['route: wildcards with a name'],
  },
  {
    reason: 'a method `__proto__` ends the process, in the router of Fastify',
    tests: [String.raw`\[fastify\] an overridden method counts as what was sent`],
  },
  {
    reason: 'on Express, Nest does not answer when a filter throws',
    tests: [String.raw`\[express\] a filter that throws is an exception of its own`],
  },
  {
    reason: '@nestjs/cqrs makes no handler for each query',
    tests: ['made for each query are one call a query'],
  },
];

/** The lowest versions of the other peers. */
const LOWEST_PEERS = { 'prom-client': '15.1.0', 'reflect-metadata': '0.1.13', rxjs: '7.8.0' };

/** @type {readonly Setting[]} */
export const SETTINGS = [
  {
    name: 'client-alias',
    title: 'prom-client by an alias to @prometheus-io/client',
    packages: SUCCESSOR,
    node: '24',
    leftOut: [],
  },
  {
    name: '10.4',
    title: 'Nest 10.4.0, Express 4, Fastify 4',
    packages: { ...nest('10.4.0'), ...BESIDE_10, ...LOWEST_PEERS },
    leftOut: LEFT_OUT_10,
  },
  {
    name: '11.0',
    title: 'Nest 11.0.0',
    packages: {
      ...nest('11.0.0'),
      // The first that ask for Nest 11.
      '@nestjs/platform-fastify': '11.0.3',
      '@nestjs/platform-ws': '11.0.5',
      ...BESIDE_11,
      ...LOWEST_PEERS,
    },
    leftOut: LEFT_OUT_11,
  },
  {
    name: '11.1',
    title: 'Nest 11.1.0',
    packages: { ...nest('11.1.0'), ...BESIDE_11, ...LOWEST_PEERS },
    leftOut: LEFT_OUT_11,
  },
];

/** @param {string} version of all packages that are released together */
function nest(version) {
  const names = [
    'common',
    'core',
    'microservices',
    'platform-express',
    'platform-fastify',
    'platform-socket.io',
    'platform-ws',
    'testing',
    'websockets',
  ];
  return Object.fromEntries(names.map((name) => [`@nestjs/${name}`, version]));
}
