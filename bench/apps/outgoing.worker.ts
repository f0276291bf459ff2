import 'reflect-metadata';
import { subscribe } from 'node:diagnostics_channel';
import http from 'node:http';
import type { Socket } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Registry } from 'prom-client';
import { Client, fetch } from 'undici';
import { AnsweringConnection } from '../support/answering-connection.js';
import { answer } from '../support/worker.js';
import type { Library } from './contestants.js';

export type Way = 'node:http' | 'undici' | 'fetch';

/** Who listens to the channels of outgoing requests: nobody, what does nothing, or a library by its URL. */
export type Listening = 'nothing' | 'empty' | (string & {});

/** Requests that are under way at once, each on a connection that stays. */
const CONNECTIONS = 16;

const CHANNELS = [
  'http.client.request.start',
  'undici:request:create',
  'undici:request:headers',
  'undici:request:trailers',
  'undici:request:error',
];

/** Arguments: who listens; port of the server, 0 for connections without a network. */
const [listening = 'nothing', port = '0'] = process.argv.slice(2);
const isInMemory = port === '0';
const origin = `http://127.0.0.1:${isInMemory ? 3000 : port}`;

class InMemoryAgent extends http.Agent {
  override createConnection(): Socket {
    return new AnsweringConnection() as unknown as Socket;
  }
}

const agent = new (isInMemory ? InMemoryAgent : http.Agent)({
  keepAlive: true,
  maxSockets: CONNECTIONS,
  maxFreeSockets: CONNECTIONS,
});

const connectInMemory: Client.Options['connect'] = (_, done) =>
  void setImmediate(() => done(null, new AnsweringConnection() as unknown as Socket));

const clients = Array.from(
  { length: CONNECTIONS },
  () => new Client(origin, isInMemory ? { connect: connectInMemory } : {}),
);

const WAYS: Readonly<Record<Way, (client: Client) => Promise<unknown>>> = {
  'node:http': () =>
    new Promise((resolve, reject) => {
      const request = http.request(`${origin}/ok`, { agent }, (response) =>
        response.on('end', resolve).resume(),
      );
      request.on('error', reject).end();
    }),
  undici: async (client) => (await client.request({ method: 'GET', path: '/ok' })).body.dump(),
  fetch: async (client) => (await fetch(`${origin}/ok`, { dispatcher: client })).text(),
};

function doNothing(): void {}

/** Begins to listen, for as long as the process lives. */
async function listen(entry: Listening): Promise<void> {
  if (entry === 'nothing') return;
  if (entry === 'empty') {
    for (const name of CHANNELS) subscribe(name, doNothing);
    return;
  }
  const { PrometheusModule } = (await import(entry)) as Library;
  const options = { registry: new Registry(), processMetrics: false, outgoing: true };

  @Module({ imports: [PrometheusModule.forRoot(options)] })
  class AppModule {}

  await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
}

/** Sends so many requests, always as many at once as there are connections. */
async function send(way: Way, requests: number): Promise<void> {
  let left = requests;
  const one = WAYS[way];
  await Promise.all(
    clients.map(async (client) => {
      while (left-- > 0) await one(client);
    }),
  );
}

await listen(listening);

answer({
  /** Microseconds of processor time for each of so many requests. */
  send: async ([way, requests]: [Way, number]) => {
    // What another process has taken out of the caches comes back first.
    await send(way, Math.ceil(requests / 10));
    const start = process.cpuUsage();
    await send(way, requests);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / requests;
  },
});
