import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import {
  Controller,
  Get,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { Transport } from '@nestjs/microservices';
import { Registry } from 'prom-client';
import { Counter, PrometheusModule } from '../../lib/index.js';
import { onBothPlatforms, type TestContext } from '../support/harness.js';

@Controller('cats')
class CatsController {
  @Get()
  @Counter('cats_read', 'Cats read.')
  all(): string {
    return 'cats';
  }
}

class ThrowingConstructor {
  constructor() {
    throw new Error('broken constructor');
  }
}

@Injectable()
class ThrowingInit implements OnModuleInit {
  onModuleInit(): never {
    throw new Error('broken onModuleInit');
  }
}

@Injectable()
class ThrowingBootstrap implements OnApplicationBootstrap {
  async onApplicationBootstrap(): Promise<never> {
    // After hooks of other modules.
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('broken onApplicationBootstrap');
  }
}

const BROKEN: Record<string, Provider> = {
  'a constructor that throws': ThrowingConstructor,
  'a factory that throws': {
    provide: 'broken',
    useFactory: () => {
      throw new Error('broken factory');
    },
  },
  'an onModuleInit that throws': ThrowingInit,
  'an onApplicationBootstrap that throws': ThrowingBootstrap,
};

/** Something that listens where the application wants to. */
async function occupied(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function isAnswered(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/metrics`).then(
    () => true,
    () => false,
  );
}

/** The options of an application whose metrics server listens on a port that is known. */
async function serverOptions(registry: Registry) {
  const { server, port } = await occupied();
  server.close();
  await once(server, 'close');
  return { registry, processMetrics: true, server: { port, host: '127.0.0.1' } };
}

for (const [what, provider] of Object.entries(BROKEN)) {
  onBothPlatforms(`${what} leaves no metric and no server behind`, async ({ start }) => {
    const registry = new Registry();
    const options = await serverOptions(registry);
    const features = PrometheusModule.forFeature([
      { type: 'gauge', name: 'mood', help: 'The mood.' },
    ]);
    await expect(
      start({
        controllers: [CatsController],
        imports: [features],
        providers: [provider],
        options,
      }),
    ).rejects.toThrow('broken');
    expect(registry.getMetricsAsArray()).toEqual([]);
    expect(await isAnswered(options.server.port)).toBe(false);
  });
}

onBothPlatforms('a port that is taken leaves no metric and no server behind', async (context) => {
  const registry = new Registry();
  const { server, port } = await occupied();
  context.cleanUp(() => server.close());
  const options = await serverOptions(registry);
  await expect(listenOn(context, port, options)).rejects.toThrow(/EADDRINUSE/);
  expect(registry.getMetricsAsArray()).toEqual([]);
  expect(await isAnswered(options.server.port)).toBe(false);
});

function listenOn(
  { start }: TestContext,
  port: number,
  options: Awaited<ReturnType<typeof serverOptions>>,
): Promise<unknown> {
  return start({
    controllers: [CatsController],
    options,
    configure: (nest) => nest.listen(port, '127.0.0.1'),
  });
}

onBothPlatforms(
  'an application that listens elsewhere at its second try is measured',
  async (context) => {
    const { server, port } = await occupied();
    context.cleanUp(() => server.close());
    const app = await context.start({
      controllers: [CatsController],
      configure: (nest) => nest.listen(port, '127.0.0.1').catch(() => undefined),
    });
    await app.get('/cats');
    await app.expectSample('cats_read_total', {}, 1);
  },
);

onBothPlatforms(
  'an application that is initialized and never listens leaves nothing behind',
  async (context) => {
    const registry = new Registry();
    const options = await serverOptions(registry);
    const { nest } = await context.start({
      controllers: [CatsController],
      options,
      listens: false,
    });
    await nest.init();
    expect(await isAnswered(options.server.port)).toBe(true);
    await nest.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
    expect(await isAnswered(options.server.port)).toBe(false);
  },
);

onBothPlatforms(
  'a microservice that cannot start leaves nothing behind when it is closed',
  async (context) => {
    const registry = new Registry();
    const { server, port } = await occupied();
    context.cleanUp(() => server.close());
    const options = await serverOptions(registry);
    const { nest } = await context.start({
      controllers: [CatsController],
      options,
      listens: false,
    });
    nest.connectMicroservice({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    await nest.init();
    await expect(nest.startAllMicroservices()).rejects.toThrow(/EADDRINUSE/);
    await nest.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
    expect(await isAnswered(options.server.port)).toBe(false);
  },
);
