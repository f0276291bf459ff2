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
const LEFT_OUT_10 = [
  {
    reason: 'written for the option `instrument` and exceptions that Nest 11 brought',
    files: ['module/instrument.spec'],
  },
  {
    reason: 'asks a microservice for its server by unwrap(), which Nest 11 brought',
    files: ['handlers/messages.spec'],
  },
  {
    reason: 'paths of routes or middleware are spelled as in Express 5 and Fastify 5',
    files: ['endpoint/middleware-of-added-paths.spec', 'endpoint/middleware-in-front.spec'],
    tests: [
      'route: wildcards with a name',
      'route: an optional parameter, as the framework spells it',
      'that passes on leaves one request',
      'that ends the request leaves it unmatched',
      'those of the sampled span in which the handler runs',
      'those of a span that was not sampled',
      'takes native histograms whose quantiles are right, and exemplars',
      'an overridden method counts as what was sent',
    ],
  },
  {
    reason: 'on Fastify 4, Nest answers no HEAD for a GET',
    tests: [
      'a HEAD request is one, of method HEAD',
      'leaves out exceptions, 404s and every method alike',
      'each answer is one observation, in every metric',
    ],
  },
  {
    reason: 'Nest 10, Express 4 or Fastify 4 answers in another way, or not at all',
    tests: [
      'streams are counted once, when they are over',
      'an event stream that fails at once is a 500',
      'a filter that throws is an exception of its own',
      'after the headers were sent is one, with their status',
      'a parameter that is too long is a 414',
      'a parameter that is empty matches no route',
      'a route of Fastify itself, and some that throw',
      'can give its response back, to a cache say',
      'resolvers .* leave nothing on their class',
    ],
  },
];

/** @type {LeftOut[]} */
const LEFT_OUT_11 = [
  {
    reason: 'Nest 11.0, 11.1 or their Fastify answers in another way, or not at all',
    tests: [
      'streams are counted once, when they are over',
      'an event stream that fails at once is a 500',
      'after the headers were sent is one, with their status',
      'a parameter that is too long is a 414',
      'a parameter that is empty matches no route',
      'a route of Fastify itself, and some that throw',
      'and other odd targets are counted',
      'can give its response back, to a cache say',
      'resolvers .* leave nothing on their class',
    ],
  },
  {
    reason: '@nestjs/observe asks for a later Nest 11',
    tests: ['beside @nestjs/observe'],
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
