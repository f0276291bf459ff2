import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from '../support/worker.js';

/** A server that outgoing requests are sent to. */
const server = createServer({ keepAliveTimeout: 600_000 }, (_, response) => response.end('ok'));
server.listen(0, '127.0.0.1');
await once(server, 'listening');

answer({ port: () => (server.address() as AddressInfo).port });
