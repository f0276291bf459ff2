import { Controller, Get, Injectable, type DynamicModule } from '@nestjs/common';
import { CommandBus, CommandHandler, CqrsModule, EventBus, EventsHandler } from '@nestjs/cqrs';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { createObserveModule } from '@nestjs/observe';
import type { Counter as ClientCounter } from 'prom-client';
import {
  basicAuthGuard,
  Counter,
  Gauge,
  Histogram,
  InjectMetric,
  PrometheusModule,
  PrometheusService,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { parseExposition } from '../../support/parse-exposition.js';

type Instrument = NonNullable<ReturnType<typeof createObserveModule>['ObserveInstrument']>;

@Injectable()
class Orders {
  readonly #jobs: ClientCounter<'queue'>;

  constructor(@InjectMetric('jobs_total') jobs: ClientCounter<'queue'>) {
    this.#jobs = jobs;
  }

  @Counter('orders_placed', 'Orders placed')
  place(): string {
    this.#jobs.inc({ queue: 'orders' });
    return 'placed';
  }
}

@Controller('orders')
@Gauge('orders_in_progress', 'Orders in progress')
class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly prometheus: PrometheusService,
  ) {}

  @Get('place')
  @Counter('orders', 'Orders', { labels: { status: ({ statusCode }) => statusCode } })
  @Histogram('order_seconds', 'Seconds')
  place(): string {
    return this.orders.place();
  }

  @Get('broken')
  broken(): never {
    throw new TypeError('broken');
  }

  @Get('count')
  count(): Promise<number | undefined> {
    return this.prometheus.getSampleValue('orders_total', { status: '200' });
  }
}

class Pack {}

@Injectable()
class Parcels {
  @OnEvent('packed')
  packed(): void {}
}

@CommandHandler(Pack)
@EventsHandler(Pack)
class PackHandler {
  readonly #answer = 'packed';

  async execute(): Promise<string> {
    return this.#answer;
  }

  handle(): void {}
}

/** Every instance behind a Proxy, and every method a bound function with its name and metadata. */
const proxies: Instrument = {
  instanceDecorator: (instance: unknown) => {
    if (typeof instance !== 'object' || instance === null || instance instanceof Map) {
      return instance;
    }
    const bound = new Map<Function, Function>();
    return new Proxy(instance, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function' || key === 'constructor') return value;
        const known = bound.get(value) ?? likeMethod(value, value.bind(target) as Function);
        bound.set(value, known);
        return known;
      },
    });
  },
};

function likeMethod(method: Function, bound: Function): Function {
  Object.defineProperty(bound, 'name', { value: method.name, configurable: true });
  for (const key of Reflect.getMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), bound);
  }
  return bound;
}

function observe(): { instrument: Instrument; imports: DynamicModule[] } {
  const { ObserveModule, ObserveInstrument } = createObserveModule();
  // A collector that is not there: what is sent is lost, which is none of this test's business.
  const options = { appKey: 'key', appSecret: 'secret', serviceId: 'test', endpoint: NOWHERE };
  return { instrument: ObserveInstrument, imports: [ObserveModule.forRoot(options)] };
}

const NOWHERE = 'http://127.0.0.1:9';

const KINDS = {
  'a Proxy around every instance': () => ({ instrument: proxies, imports: [] }),
  '@nestjs/observe': observe,
};

describe.each(Object.entries(KINDS))('beside %s', (_, make) => {
  onBothPlatforms('everything works as without', async ({ start, logs }) => {
    const { instrument, imports } = make();
    const app = await start({
      controllers: [OrdersController],
      providers: [Orders],
      imports: [
        ...imports,
        PrometheusModule.forFeature([
          { type: 'counter', name: 'jobs_total', help: 'Jobs', labelNames: ['queue'] },
        ]),
      ],
      options: {
        groupBy: 'endpoint',
        guards: [basicAuthGuard({ username: 'prometheus', password: 'secret' })],
      },
      nest: { instrument },
    });
    app.service.registerDefault(Counter('late_calls', 'Calls'));
    for (let i = 0; i < 3; i++) expect((await app.get('/orders/place')).body).toBe('placed');
    expect((await app.get('/orders/broken')).status).toBe(500);
    await app.settled();
    expect((await app.get('/orders/count')).body).toBe('3');
    expect((await app.get('/metrics')).status).toBe(401);
    await app.settled();
    const exposition = parseExposition((await app.service.generateMetrics()).body, 'text');
    const value = (name: string, labels = {}): number | undefined => exposition.value(name, labels);
    expect(value('orders_total', { status: '200' })).toBe(3);
    expect(value('order_seconds_count')).toBe(3);
    expect(value('orders_in_progress')).toBe(0);
    expect(value('orders_placed_total')).toBe(3);
    expect(value('jobs_total', { queue: 'orders' })).toBe(3);
    expect(value('late_calls_total')).toBe(5);
    expect(value('nestjs_http_request_exceptions_total', { method: 'GET', status: '500' })).toBe(1);
    expect(
      value('nestjs_http_request_duration_seconds_count', {
        method: 'GET',
        endpoint: 'OrdersController.place',
        status: '200',
      }),
    ).toBe(3);
    expect(exposition.sum('nestjs_http_request_total')).toBe(5);
    const ours = logs.entries.filter(({ details }) => details.includes('PrometheusModule'));
    expect(ours.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });

  onBothPlatforms('handlers of events and commands are measured', async ({ start }) => {
    const { instrument, imports } = make();
    const app = await start({
      imports: [...imports, EventEmitterModule.forRoot(), CqrsModule.forRoot()],
      providers: [Parcels, PackHandler],
      nest: { instrument },
    });
    await app.provider(EventEmitter2).emitAsync('packed');
    expect(await app.provider(CommandBus).execute(new Pack())).toBe('packed');
    await app.provider(EventBus).publish(new Pack());
    const name = 'nestjs_handler_duration_seconds_count';
    const labels = { outcome: 'success' };
    await app.expectSample(name, { ...labels, kind: 'event', handler: 'Parcels.packed' }, 1);
    await app.expectSample(name, { ...labels, kind: 'event', handler: 'PackHandler.handle' }, 1);
    const command = { kind: 'command', handler: 'PackHandler.execute' };
    await app.expectSample(name, { ...labels, ...command }, 1);
  });
});
