import {
  Controller,
  Inject,
  Injectable,
  ParseIntPipe,
  Scope,
  UseGuards,
  type CanActivate,
} from '@nestjs/common';
import {
  ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import { NEVER, firstValueFrom, lastValueFrom, of, type Observable } from 'rxjs';
import {
  Counter,
  DoNotTrack,
  ExcludeAllMetrics,
  Gauge,
  type MetricContext,
} from '../../../lib/index.js';
import { onBothPlatforms, onPlatform, type TestContext } from '../../support/harness.js';
import { freePort } from '../../support/free-port.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_handler_duration_seconds_count';
const BUSY = 'nestjs_handlers_in_progress';

@Injectable()
class NoEntry implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const Seen = Counter('seen', 'Calls', {
  labels: {
    payload: ({ request }: MetricContext) => JSON.stringify(request),
    value: ({ returnValue }: MetricContext) => JSON.stringify(returnValue),
    failed: ({ error }: MetricContext) => error !== undefined,
  },
});

@Controller()
class MathController {
  @MessagePattern('double')
  @Seen
  @Gauge('busy', 'Calls in progress')
  double(@Payload(ParseIntPipe) value: number): number {
    return value * 2;
  }

  @MessagePattern('count')
  count(to: number): Observable<number> {
    return of(...Array.from({ length: to }, (_, i) => i));
  }

  @MessagePattern('promised')
  async promised(to: number): Promise<Observable<number>> {
    return this.count(to);
  }

  @MessagePattern('fails')
  fails(): never {
    throw new RpcException('no');
  }

  @MessagePattern('hangs')
  hangs(): Observable<never> {
    return NEVER;
  }

  @MessagePattern('guarded')
  @UseGuards(NoEntry)
  guarded(): string {
    return 'never';
  }

  @EventPattern('happened')
  @Counter('happened', 'Events')
  happened(_value: number): void {}

  @MessagePattern('silent')
  @DoNotTrack()
  @Counter('silent', 'Calls')
  silent(): string {
    return 'silent';
  }

  @MessagePattern('nothing')
  @ExcludeAllMetrics()
  nothing(): string {
    return 'nothing';
  }
}

@Controller({ scope: Scope.REQUEST })
class ScopedController {
  constructor(@Inject('CONTEXT') private readonly context: { readonly pattern: string }) {}

  @MessagePattern('scoped')
  scoped(): string {
    return typeof this.context;
  }
}

const controllers = [MathController, ScopedController];
const providers = [{ provide: 'CONTEXT', useValue: { pattern: 'a' } }];

interface Connected {
  readonly app: TestApp;
  readonly client: ClientProxy;
}

async function connect(
  { start, cleanUp }: TestContext,
  { inheritAppConfig = false, isLate = false } = {},
): Promise<Connected> {
  const options = { port: await freePort(), host: '127.0.0.1' };
  const app = await start({
    controllers,
    providers,
    configure: async (nest) => {
      nest.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig });
      if (isLate) await nest.init();
      await nest.startAllMicroservices();
    },
  });
  const client = ClientProxyFactory.create({ options });
  cleanUp(() => client.close());
  return { app, client };
}

function called(app: TestApp, method: string, outcome: string, count: number): Promise<void> {
  const labels = { kind: 'rpc', handler: `MathController.${method}`, outcome };
  return app.expectSample(DURATION, labels, count);
}

describe.each([
  ['without inheritAppConfig', {}],
  ['with inheritAppConfig', { inheritAppConfig: true }],
  ['started after the application', { isLate: true }],
])('message handlers of a hybrid application, %s', (_, options) => {
  onBothPlatforms('are measured once a call', async (context) => {
    const { app, client } = await connect(context, options);
    await app.expectSample(BUSY, { kind: 'rpc', handler: 'MathController.double' }, 0);
    expect(await firstValueFrom(client.send<number>('double', 2))).toBe(4);
    expect(await lastValueFrom(client.send<number>('count', 3))).toBe(2);
    expect(await lastValueFrom(client.send<number>('promised', 2))).toBe(1);
    await expect(firstValueFrom(client.send('fails', 1))).rejects.toMatchObject({ message: 'no' });
    client.emit('happened', 1);
    expect(await firstValueFrom(client.send('scoped', 1))).toBe('object');
    await called(app, 'double', 'success', 1);
    await called(app, 'count', 'success', 1);
    await called(app, 'promised', 'success', 1);
    await called(app, 'fails', 'error', 1);
    await called(app, 'happened', 'success', 1);
    const scoped = { kind: 'rpc', handler: 'ScopedController.scoped', outcome: 'success' };
    await app.expectSample(DURATION, scoped, 1);
    await app.expectSum(DURATION, {}, 6);
    await app.expectSum(BUSY, {}, 0);
  });

  onBothPlatforms('are no calls when a guard or a pipe rejects them', async (context) => {
    const { app, client } = await connect(context, options);
    await expect(firstValueFrom(client.send('guarded', 1))).rejects.toBeDefined();
    await expect(firstValueFrom(client.send('double', 'two'))).rejects.toBeDefined();
    expect(await firstValueFrom(client.send<number>('double', 1))).toBe(2);
    app.provider(MathController).double(7);
    await called(app, 'double', 'success', 1);
    await app.expectSum(DURATION, {}, 1);
    // The decorator's metric sees what reaches the interceptors.
    await app.expectSample('seen_total', { payload: '"two"', value: '', failed: 'true' }, 1);
  });
});

describe('a message handler', () => {
  onPlatform('express', 'is in progress until its result is complete', async (context) => {
    const { app, client } = await connect(context);
    const pending = client.send('hangs', 1).subscribe();
    const labels = { kind: 'rpc', handler: 'MathController.hangs' };
    await app.expectSample(BUSY, labels, 1);
    pending.unsubscribe();
    await app.expectSum(DURATION, {}, 0);
  });

  onPlatform('express', 'has its decorators, with the payload as the request', async (context) => {
    const { app, client } = await connect(context);
    await firstValueFrom(client.send('double', 2));
    client.emit('happened', 1);
    await firstValueFrom(client.send('silent', 1));
    await firstValueFrom(client.send('nothing', 1));
    await app.expectSample('seen_total', { payload: '2', value: '4', failed: 'false' }, 1);
    await app.expectSample('happened_total', {}, 1);
    await app.expectSample('silent_total', {}, 1);
    await app.expectSample('busy', {}, 0);
    expect(await app.samples(DURATION, { handler: 'MathController.silent' })).toEqual([]);
    expect(await app.samples(BUSY, { handler: 'MathController.nothing' })).toEqual([]);
  });

  onPlatform('express', 'leaves nothing on its class', async (context) => {
    const before = Object.getOwnPropertyDescriptors(MathController.prototype);
    const keys = Reflect.getMetadataKeys(MathController);
    const { app } = await connect(context);
    const other = await context.start({ controllers, providers });
    await app.nest.close();
    await other.nest.close();
    expect(Object.getOwnPropertyDescriptors(MathController.prototype)).toEqual(before);
    expect(Reflect.getMetadataKeys(MathController)).toEqual(keys);
  });

  onPlatform('express', 'is not measured with `handlers: false`', async ({ start }) => {
    const app = await start({ controllers, providers, options: { handlers: false } });
    expect((await app.exposition()).matching(BUSY)).toEqual([]);
    expect([...(await app.exposition()).families.keys()].join()).not.toMatch(/handler/);
  });
});

describe('an application without such handlers', () => {
  onBothPlatforms('exports none of their metrics', async ({ start }) => {
    const app = await start();
    expect([...(await app.exposition()).families.keys()].join()).not.toMatch(/handler|queue/);
  });
});
