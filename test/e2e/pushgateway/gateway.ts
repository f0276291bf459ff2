import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import type { TestKeyPair } from '../endpoint/test-key-pairs.js';

/** A real Pushgateway on a loopback port. */
export interface Gateway {
  readonly url: string;
  /** What Prometheus would scrape from it. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** @param tls serves by TLS alone, with this key pair; whoever asks has to trust it already */
export async function startGateway(command: string, tls?: TestKeyPair): Promise<Gateway> {
  const address = `127.0.0.1:${await freePort()}`;
  const url = `${tls === undefined ? 'http' : 'https'}://${address}`;
  const directory = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  const args = [`--web.listen-address=${address}`];
  if (tls !== undefined) args.push(`--web.config.file=${writeConfig(directory, tls)}`);
  const child = spawn(command, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const get = (path: string): Promise<Answer> => ask(url + path, tls?.cert);
  await eventually(async () => expect((await get('/-/ready')).status).toBe(200), 20_000);
  return {
    url,
    metrics: async () => (await get('/metrics')).body,
    stop: async () => {
      child.kill();
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function writeConfig(directory: string, { key, cert }: TestKeyPair): string {
  const path = (name: string): string => join(directory, name);
  writeFileSync(path('key.pem'), key);
  writeFileSync(path('cert.pem'), cert);
  const server = `tls_server_config:\n  key_file: ${path('key.pem')}\n  cert_file: ${path('cert.pem')}\n`;
  writeFileSync(path('web.yml'), server);
  return path('web.yml');
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

async function ask(url: string, ca: string | undefined): Promise<Answer> {
  if (ca === undefined) {
    const response = await fetch(url);
    return { status: response.status, body: await response.text() };
  }
  const request = httpsGet(url, { ca, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}
