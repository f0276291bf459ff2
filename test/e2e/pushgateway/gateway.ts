import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../support/eventually.js';

/** A real Pushgateway on a loopback port. */
export interface Gateway {
  readonly url: string;
  /** What Prometheus would scrape from it. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function startGateway(command: string): Promise<Gateway> {
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const child = spawn(command, [`--web.listen-address=${address}`], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  await eventually(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), 20_000);
  return {
    url,
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
