import {
  Controller,
  Inject,
  Injectable,
  Module,
  Scope,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { NestFactory, REQUEST } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Registry } from 'prom-client';
import { lastValueFrom, of, type Observable } from 'rxjs';
import {
  Counter,
  DoNotTrack,
  ExcludeAllMetrics,
  Gauge,
  PrometheusModule,
  PrometheusService,
  type MetricContext,
} from '../../../lib/index.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_handler_duration_seconds_count';
const BUSY = 'nestjs_handlers_in_progress';

@Injectable()
class Orders implements OnApplicationBootstrap {
  readonly seen: unknown[] = [];
  #finish: () => void = () => undefined;

  @OnEvent('order.paid')
  @Counter('paid', 'Orders', {
    labels: {
      amount: ({ args: [order] }: MetricContext) => (order as { amount: number }).amount,
      request: ({ request }: MetricContext) => typeof request,
      context: ({ executionContext }: MetricContext) => typeof executionContext,
      returned: ({ returnValue }: MetricContext) => String(returnValue),
    },
  })
  paid(order: { amount: number }): string {
    this.seen.push(order);
    return 'thanks';
  }

  @OnEvent('order.packed')
  @OnEvent('order.sent', { prependListener: true })
  @OnEvent('order.returned', { async: true })
  moved(): void {
    this.seen.push('moved');
  }

  @OnEvent('order.lost')
  lost(): never {
    throw new Error('lost');
  }

  @OnEvent('order.gone', { suppressErrors: false })
  async gone(): Promise<never> {
    throw new Error('gone');
  }

  @OnEvent('order.weighed')
  @Gauge('weighing', 'Orders')
  weighed(): Promise<void> {
    return new Promise((resolve) => (this.#finish = resolve));
  }

  @OnEvent('order.split')
  split(parts: number): void {
    if (parts > 1) this.split(parts - 1);
  }

  @OnEvent('order.streamed')
  streamed(): Observable<number> {
    return of(1, 2);
  }

  @OnEvent('order.paid')
  @DoNotTrack()
  @Counter('silent', 'Calls')
  silent(): void {}

  @OnEvent('order.paid')
  @ExcludeAllMetrics()
  @Counter('nothing', 'Calls')
  nothing(): void {}

  finish(): void {
    this.#finish();
  }

  onApplicationBootstrap(): void {
    this.moved();
  }
}

/** Emits while the application starts, as soon as there are listeners. */
@Injectable()
class Early implements OnApplicationBootstrap {
  constructor(private readonly emitter: EventEmitter2) {}

  onApplicationBootstrap(): void {
    this.emitter.emit('order.packed');
  }
}

@Injectable({ scope: Scope.REQUEST })
class ScopedOrders {
  constructor(@Inject(REQUEST) private readonly payload: unknown) {}

  @OnEvent('order.paid')
  scoped(order: unknown): boolean {
    return order === this.payload;
  }
}

@Controller()
class OrdersController {
  @OnEvent('order.*')
  any(): void {}
}

abstract class Listening {
  @OnEvent('inherited')
  inherited(): void {}
}

@Injectable()
class First extends Listening {}

@Injectable()
class Second extends Listening {}

const event = (handler: string): { kind: string; handler: string } => ({ kind: 'event', handler });
const orders = (method: string): { kind: string; handler: string } => event(`Orders.${method}`);
const success = { outcome: 'success' };
const error = { outcome: 'error' };

async function started(context: TestContext): Promise<{ app: TestApp; emitter: EventEmitter2 }> {
  const app = await context.start({
    imports: [EventEmitterModule.forRoot({ wildcard: true })],
    controllers: [OrdersController],
    providers: [Orders, ScopedOrders, First, Second],
  });
  return { app, emitter: app.provider(EventEmitter2) };
}

describe('listeners of @nestjs/event-emitter', () => {
  onBothPlatforms('are one call an event, for each listener', async (context) => {
    const { app, emitter } = await started(context);
    const order = { amount: 3 };
    await emitter.emitAsync('order.paid', order);
    await emitter.emitAsync('order.paid', order);
    await emitter.emitAsync('inherited');
    expect(app.provider(Orders).seen).toEqual(['moved', order, order]);
    await app.expectSample(DURATION, { ...orders('paid'), ...success }, 2);
    await app.expectSample(DURATION, { ...event('ScopedOrders.scoped'), ...success }, 2);
    await app.expectSample(DURATION, { ...event('OrdersController.any'), ...success }, 2);
    await app.expectSample(DURATION, { ...event('First.inherited'), ...success }, 1);
    await app.expectSample(DURATION, { ...event('Second.inherited'), ...success }, 1);
    await app.expectSample(BUSY, orders('paid'), 0);
    const seen = { amount: '3', request: 'undefined', context: 'undefined', returned: 'thanks' };
    await app.expectSample('paid_total', seen, 2);
    await app.expectSum(DURATION, orders('silent'), 0);
    await app.expectSample('silent_total', {}, 2);
    await app.expectSum(DURATION, orders('nothing'), 0);
    await app.expectSample('nothing_total', {}, 0);
    const gauge = 'nestjs_handler_last_success_timestamp_seconds';
    expect(await app.samples(gauge)).toEqual([]);
  });

  onBothPlatforms('are calls for each of several events, with their options', async (context) => {
    const { app, emitter } = await started(context);
    const order: string[] = [];
    emitter.on('order.sent', () => order.push('later'));
    app.provider(Orders).seen.push = () => order.push('moved');
    for (const name of ['order.packed', 'order.sent', 'order.returned']) emitter.emit(name);
    await app.expectSample(DURATION, { ...orders('moved'), ...success }, 3);
    expect(order).toEqual(['moved', 'moved', 'later', 'moved']);
  });

  onBothPlatforms('show what fails, and change nothing of it', async (context) => {
    const { app, emitter } = await started(context);
    await emitter.emitAsync('order.lost');
    expect(context.logs.errors.join()).toContain('lost');
    await expect(emitter.emitAsync('order.gone')).rejects.toThrow('gone');
    await app.expectSample(DURATION, { ...orders('lost'), ...error }, 1);
    await app.expectSample(DURATION, { ...orders('gone'), ...error }, 1);
    await app.expectSample(BUSY, orders('gone'), 0);
  });

  onBothPlatforms('last until the result is complete', async (context) => {
    const { app, emitter } = await started(context);
    const weighed = emitter.emitAsync('order.weighed');
    await app.expectSample(BUSY, orders('weighed'), 1);
    await app.expectSample('weighing', {}, 1);
    await app.expectSum(DURATION, orders('weighed'), 0);
    app.provider(Orders).finish();
    await weighed;
    await app.expectSample(BUSY, orders('weighed'), 0);
    await app.expectSample('weighing', {}, 0);
    await app.expectSample(DURATION, { ...orders('weighed'), ...success }, 1);
    const [stream] = (await emitter.emitAsync('order.streamed')) as [Observable<number>];
    expect(await lastValueFrom(stream)).toBe(2);
    await app.expectSample(DURATION, { ...orders('streamed'), ...success }, 1);
  });

  onBothPlatforms('are no calls when the application calls them', async (context) => {
    const { app, emitter } = await started(context);
    const listener = app.provider(Orders);
    listener.paid({ amount: 1 });
    emitter.emit('order.split', 3);
    await app.expectSum(DURATION, orders('paid'), 0);
    await app.expectSum('paid_total', {}, 1);
    await app.expectSample(DURATION, { ...orders('split'), ...success }, 1);
    expect(Object.keys(listener)).toEqual(['seen']);
    expect(Object.hasOwn(listener, 'paid')).toBe(false);
    expect(Object.hasOwn(emitter, 'on')).toBe(false);
  });

  onBothPlatforms('count from when they are registered', async ({ start }) => {
    const app = await start({
      imports: [EventEmitterModule.forRoot(), { module: class Late {}, providers: [Early] }],
      providers: [Orders],
    });
    await app.expectSample(DURATION, { ...orders('moved'), ...success }, 1);
  });

  it('leave their classes as they were, and run without the module', async () => {
    const { prototype } = First;
    const before = Object.getOwnPropertyDescriptor(Listening.prototype, 'inherited');
    const registry = new Registry();
    @Module({
      imports: [
        EventEmitterModule.forRoot(),
        PrometheusModule.forRoot({ registry, processMetrics: false }),
      ],
      providers: [First],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const emitter = app.get(EventEmitter2);
    await emitter.emitAsync('inherited');
    const labels = { ...event('First.inherited'), ...success };
    expect(await app.get(PrometheusService).getSampleValue(DURATION, labels)).toBe(1);
    await app.close();
    expect(Object.getOwnPropertyDescriptor(Listening.prototype, 'inherited')).toEqual(before);
    expect(Reflect.ownKeys(prototype)).toEqual(['constructor']);
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});
