import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Counter, Registry } from 'prom-client';
import {
  PrometheusModule,
  PrometheusService,
  type PushgatewayOptions,
} from '../../../lib/index.js';
import { Compiled } from '../../support/compiled.js';
import { eventually } from '../../support/eventually.js';
import { LogCapture } from '../../support/log-capture.js';
import { describeWithTools } from '../../support/with-real-tools.js';
import { FIRST_PAIR, SECOND_PAIR, type TestKeyPair } from '../endpoint/test-key-pairs.js';
import { startGateway, type Gateway } from './gateway.js';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** An application context that pushes, with a counter at 3. */
async function startJob(pushgateway?: PushgatewayOptions) {
  const registry = new Registry();
  const counter = new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] });
  counter.inc(3);
  const logs = new LogCapture();
  const options = { registry, processMetrics: false, ...(pushgateway && { pushgateway }) };

  @Module({ imports: [PrometheusModule.forRoot(options)] })
  class JobModule {}

  const root: Type<unknown> = JobModule;
  const app = await NestFactory.createApplicationContext(root, { logger: logs });
  closers.push(() => app.close());
  return { app, counter, logs, service: app.get(PrometheusService) };
}

async function listening(onRequest: RequestListener): Promise<string> {
  const server: Server = createServer(onRequest).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describeWithTools('a real Pushgateway', ['prometheus-pushgateway'], (commands) => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await startGateway(commands['prometheus-pushgateway']);
  }, 30_000);

  afterAll(() => gateway.stop());

  it('has what a scrape shows once a job has closed', async () => {
    const { app } = await startJob({ url: gateway.url, jobName: 'nightly' });
    await app.close();
    const metrics = await gateway.metrics();
    expect(metrics).toContain('orders_total{instance="",job="nightly"} 3\n');
    expect(metrics).toMatch(/^nestjs_exporter_info\{instance="",job="nightly",version=.* 1$/m);
    expect(metrics).toMatch(/^push_failure_time_seconds\{instance="",job="nightly"\} 0$/m);
  });

  it('takes whatever the names of job and groupings are', async () => {
    const groupings = { instance: 'a/b', path: '', dots: '..', odd: 'ä ?#%&=+', number: 7 };
    const { service } = await startJob({ url: `${gateway.url}/`, jobName: 'x/y', groupings });
    await service.push();
    const line = (await gateway.metrics())
      .split('\n')
      .find((text) => text.startsWith('orders_total') && text.includes('job="x/y"'));
    for (const label of ['instance="a/b"', 'dots=".."', 'odd="ä ?#%&=+"', 'number="7"']) {
      expect(line).toContain(label);
    }
  });

  it('is given the newest values, in place of the former ones', async () => {
    const { service, counter } = await startJob({ url: gateway.url, jobName: 'twice' });
    await service.push();
    counter.inc();
    await service.push();
    expect(await gateway.metrics()).toContain('orders_total{instance="",job="twice"} 4\n');
  });

  it('is pushed to in intervals', async () => {
    const { counter } = await startJob({
      url: gateway.url,
      jobName: 'often',
      intervalSeconds: 0.05,
    });
    for (const count of [4, 5]) {
      counter.inc();
      await eventually(async () =>
        expect(await gateway.metrics()).toContain(
          `orders_total{instance="",job="often"} ${count}\n`,
        ),
      );
    }
  });
});

describe('a push', () => {
  it('has credentials, headers and the method of the gateway', async () => {
    const requests: IncomingMessage[] = [];
    const url = await listening((request, response) => {
      requests.push(request);
      request.resume().on('end', () => response.end());
    });
    const { service } = await startJob({
      url: `${url.replace('//', '//user:p%40ss%25@')}/gate/`,
      jobName: 'job',
      headers: { 'X-Tenant': 'a' },
    });
    await service.push();
    const [request] = requests;
    expect([request?.method, request?.url]).toEqual(['PUT', '/gate/metrics/job/job']);
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('user:p@ss%').toString('base64')}`,
      'x-tenant': 'a',
      'content-type': expect.stringContaining('text/plain; version=0.0.4'),
    });
  });

  it('that fails is counted and logged without credentials, and the close goes on', async () => {
    const url = await listening((request, response) => {
      request.resume().on('end', () => {
        response.statusCode = 400;
        response.end('inconsistent');
      });
    });
    const { service, app, logs } = await startJob({
      url: url.replace('//', '//user:secret@'),
      jobName: 'job',
    });
    await expect(service.push()).rejects.toThrow(/failed: it answered 400 inconsistent/);
    expect(await service.getSampleValue('nestjs_exporter_push_errors_total')).toBe(1);
    await app.close();
    expect(logs.warnings).toEqual([expect.stringContaining('it answered 400')]);
    expect(JSON.stringify(logs.entries)).not.toContain('secret');
  });

  it('to nobody rejects', async () => {
    const { service } = await startJob({ url: 'http://127.0.0.1:1', jobName: 'job' });
    await expect(service.push()).rejects.toThrow('ECONNREFUSED');
  });

  it('that is never answered does not keep an application from closing', async () => {
    let received = 0;
    const url = await listening(() => {
      received += 1;
    });
    const { app, logs } = await startJob({ url, jobName: 'job', intervalSeconds: 0.05 });
    await eventually(() => expect(received).toBe(1));
    await app.close();
    expect(received).toBe(2);
    expect(logs.warnings).toEqual([expect.stringContaining('it took too long')]);
  }, 30_000);

  it('without the option is an error that names it', async () => {
    const { service } = await startJob();
    await expect(service.push()).rejects.toThrow('`pushgateway`');
  });
});

const withPassword = (url: string): string => url.replace('://', '://me:hidden@');

describeWithTools('a real Pushgateway behind TLS', ['prometheus-pushgateway'], (commands) => {
  let gateway: Gateway;
  const compiled = new Compiled('test/e2e/pushgateway/fixtures');

  beforeAll(async () => {
    gateway = await startGateway(commands['prometheus-pushgateway'], FIRST_PAIR);
  }, 30_000);

  afterAll(async () => {
    compiled.remove();
    await gateway.stop();
  });

  /** Runs a job that trusts a certificate beside those of Node; gives what it has printed. */
  async function runJob({ cert }: TestKeyPair): Promise<string> {
    const { NODE_OPTIONS: _, ...rest } = process.env;
    const directory = mkdtempSync(join(tmpdir(), 'gateway-test-'));
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    const trusted = join(directory, 'trusted.pem');
    writeFileSync(trusted, cert);
    const env = { ...rest, NODE_EXTRA_CA_CERTS: trusted, GATEWAY: withPassword(gateway.url) };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [compiled.fixture('job')],
      { env },
    );
    return stdout + stderr;
  }

  it('has what a job has pushed that trusts it', async () => {
    expect(await runJob(FIRST_PAIR)).toBe('');
    expect(await gateway.metrics()).toMatch(/^job_info\{instance="",job="trusting"\} 1$/m);
  });

  it('gets nothing from one that trusts somebody else, which says so without the password', async () => {
    const printed = await runJob(SECOND_PAIR);
    expect(printed).toContain('self-signed certificate');
    expect(printed).not.toContain('hidden');
  });

  it('gets nothing from one that trusts nobody of it, which is counted and logged', async () => {
    const url = withPassword(gateway.url);
    const { app, logs, service } = await startJob({ url, jobName: 'wary' });
    await expect(service.push()).rejects.toThrow('self-signed certificate');
    expect(await service.getSampleValue('nestjs_exporter_push_errors_total')).toBe(1);
    await app.close();
    const logged = JSON.stringify(logs.entries);
    expect(logged).toContain('self-signed certificate');
    expect(logged).not.toContain('hidden');
    expect(await gateway.metrics()).not.toContain('wary');
  });
});
