import { jest } from '@jest/globals';
import { Inject, Module, Scope, type OnApplicationBootstrap } from '@nestjs/common';
import { NestFactory, REQUEST } from '@nestjs/core';
import {
  CommandBus,
  CommandHandler,
  CqrsModule,
  EventBus,
  EventsHandler,
  QueryBus,
  QueryHandler,
  UnhandledExceptionBus,
} from '@nestjs/cqrs';
import { Registry } from 'prom-client';
import { firstValueFrom } from 'rxjs';
import {
  Counter,
  DoNotTrack,
  Gauge,
  PrometheusModule,
  PrometheusService,
  type MetricContext,
} from '../../../lib/index.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_handler_duration_seconds_count';
const BUSY = 'nestjs_handlers_in_progress';

class Ship {
  constructor(readonly order: number) {}
}
class Cancel {}
class Audit {}
class Count {
  constructor(readonly order: number) {}
}
class Silent {}
class Shipped {
  constructor(readonly order: number) {}
}
class Delivered {
  constructor(readonly order: number) {}
}

@CommandHandler(Ship)
class ShipHandler {
  readonly #shipped: number[] = [];
  release: () => void = () => undefined;

  @Counter('shipped', 'Orders', {
    labels: {
      order: ({ args: [command] }: MetricContext) => (command as Ship).order,
      request: ({ request }: MetricContext) => typeof request,
      failed: ({ error }: MetricContext) => (error as Error | undefined)?.message,
      returned: ({ returnValue }: MetricContext) => String(returnValue),
    },
  })
  @Gauge('shipping', 'Orders')
  async execute({ order }: Ship): Promise<number> {
    if (order < 0) throw new Error('no such order');
    if (order === 0) await new Promise<void>((resolve) => (this.release = resolve));
    return this.#shipped.push(order);
  }
}

@CommandHandler(Cancel)
class CancelHandler {
  execute(): never {
    throw new Error('too late');
  }
}

/** Handles a command and a query, both by `execute`. */
@CommandHandler(Audit)
@QueryHandler(Count)
class AuditHandler {
  async execute(message: Audit | Count): Promise<string> {
    return message.constructor.name;
  }
}

@CommandHandler(Silent)
@DoNotTrack()
class SilentHandler {
  async execute(): Promise<void> {}
}

@QueryHandler(Delivered, { scope: Scope.REQUEST })
class ScopedHandler {
  constructor(@Inject(REQUEST) private readonly context: object) {}

  async execute(): Promise<string> {
    return typeof this.context;
  }
}

@EventsHandler(Shipped, Delivered)
class MailHandler {
  readonly seen: unknown[] = [];

  handle(event: Shipped | Delivered): void {
    this.seen.push(event.order);
    if (event.order < 0) throw new Error('no such order');
  }
}

@EventsHandler(Shipped)
class InvoiceHandler {
  constructor(private readonly mails: MailHandler) {}

  async handle(event: Shipped): Promise<void> {
    this.mails.handle(event);
  }
}

/** Executes a command while the application starts, as soon as there are handlers. */
class Early implements OnApplicationBootstrap {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.commands.execute(new Ship(9));
  }
}

const providers = [
  ShipHandler,
  CancelHandler,
  AuditHandler,
  SilentHandler,
  ScopedHandler,
  MailHandler,
  InvoiceHandler,
];

interface Started {
  readonly app: TestApp;
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  readonly events: EventBus;
}

async function started(context: TestContext): Promise<Started> {
  const app = await context.start({ imports: [CqrsModule.forRoot()], providers });
  return {
    app,
    commands: app.provider(CommandBus),
    queries: app.provider(QueryBus),
    events: app.provider(EventBus),
  };
}

type Labels = Record<'kind' | 'handler', string>;
const command = (handler: string): Labels => ({ kind: 'command', handler: `${handler}.execute` });
const query = (handler: string): Labels => ({ kind: 'query', handler: `${handler}.execute` });
const event = (handler: string): Labels => ({ kind: 'event', handler: `${handler}.handle` });
const success = { outcome: 'success' };
const error = { outcome: 'error' };

describe('handlers of @nestjs/cqrs', () => {
  onBothPlatforms('of commands are one call a command', async (context) => {
    const { app, commands } = await started(context);
    expect(await commands.execute(new Ship(1))).toBe(1);
    expect(await commands.execute(new Ship(1))).toBe(2);
    await expect(commands.execute(new Ship(-1))).rejects.toThrow('no such order');
    expect(() => commands.execute(new Cancel())).toThrow('too late');
    await commands.execute(new Silent());
    await app.expectSample(DURATION, { ...command('ShipHandler'), ...success }, 2);
    await app.expectSample(DURATION, { ...command('ShipHandler'), ...error }, 1);
    await app.expectSample(DURATION, { ...command('CancelHandler'), ...error }, 1);
    await app.expectSum(DURATION, command('SilentHandler'), 0);
    const labels = { order: '1', request: 'undefined', failed: '' };
    await app.expectSample('shipped_total', { ...labels, returned: '1' }, 1);
    await app.expectSample('shipped_total', { ...labels, returned: '2' }, 1);
    const failed = { order: '-1', failed: 'no such order', returned: 'undefined' };
    await app.expectSample('shipped_total', { ...labels, ...failed }, 1);
  });

  onBothPlatforms('last until the result is there', async (context) => {
    const { app, commands } = await started(context);
    const shipping = commands.execute(new Ship(0));
    await app.expectSample(BUSY, command('ShipHandler'), 1);
    await app.expectSample('shipping', {}, 1);
    app.provider(ShipHandler).release();
    await shipping;
    await app.expectSample(BUSY, command('ShipHandler'), 0);
    await app.expectSample('shipping', {}, 0);
    await app.expectSample(DURATION, { ...command('ShipHandler'), ...success }, 1);
  });

  onBothPlatforms('of queries are one call a query', async (context) => {
    const { app, commands, queries } = await started(context);
    expect(await queries.execute(new Count(1))).toBe('Count');
    expect(await queries.execute(new Count(1))).toBe('Count');
    expect(await commands.execute(new Audit())).toBe('Audit');
    await app.expectSample(DURATION, { ...query('AuditHandler'), ...success }, 2);
    await app.expectSample(DURATION, { ...command('AuditHandler'), ...success }, 1);
  });

  onBothPlatforms('made for each query are one call a query', async (context) => {
    const { app, queries } = await started(context);
    expect(await queries.execute(new Delivered(1))).toBe('object');
    await app.expectSample(DURATION, { ...query('ScopedHandler'), ...success }, 1);
  });

  onBothPlatforms('of events are one call an event, for each handler', async (context) => {
    const { app, events } = await started(context);
    const unhandled = firstValueFrom(app.provider(UnhandledExceptionBus));
    events.publishAll([new Shipped(1), new Delivered(2)]);
    events.publish(new Delivered(-3));
    expect((await unhandled).exception).toEqual(new Error('no such order'));
    // The second 1 comes from the other handler.
    expect([...app.provider(MailHandler).seen].toSorted()).toEqual([-3, 1, 1, 2].toSorted());
    await app.expectSample(DURATION, { ...event('MailHandler'), ...success }, 2);
    await app.expectSample(DURATION, { ...event('MailHandler'), ...error }, 1);
    await app.expectSample(DURATION, { ...event('InvoiceHandler'), ...success }, 1);
    expect(context.logs.errors.join()).not.toContain('TypeError');
  });

  onBothPlatforms('are no calls when the application calls them', async (context) => {
    const { app, commands, events } = await started(context);
    await app.provider(ShipHandler).execute(new Ship(1));
    app.provider(MailHandler).handle(new Shipped(1));
    await app.expectSum(DURATION, command('ShipHandler'), 0);
    await app.expectSum(DURATION, event('MailHandler'), 0);
    await app.expectSum('shipped_total', {}, 1);
    expect(Object.hasOwn(app.provider(ShipHandler), 'execute')).toBe(false);
    expect([commands, events].filter((bus) => Object.hasOwn(bus, 'bind'))).toEqual([]);
  });

  onBothPlatforms('count from when they are bound', async ({ start }) => {
    const app = await start({
      imports: [CqrsModule.forRoot(), { module: class Late {}, providers: [Early] }],
      providers: [ShipHandler],
    });
    await app.expectSample(DURATION, { ...command('ShipHandler'), ...success }, 1);
  });

  onBothPlatforms('are called through spies', async (context) => {
    const { app, commands } = await started(context);
    const spy = jest.spyOn(app.provider(ShipHandler), 'execute');
    await commands.execute(new Ship(1));
    expect(spy).toHaveBeenCalledTimes(1);
    await app.expectSample(DURATION, { ...command('ShipHandler'), ...success }, 1);
  });

  it('are measured in an application without HTTP', async () => {
    const registry = new Registry();
    @Module({
      imports: [CqrsModule, PrometheusModule.forRoot({ registry, processMetrics: false })],
      providers: [ShipHandler],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const service = app.get(PrometheusService);
    await app.get(CommandBus).execute(new Ship(1));
    const labels = { ...command('ShipHandler'), ...success };
    expect(await service.getSampleValue(DURATION, labels)).toBe(1);
    expect(await service.getSampleValue(BUSY, command('ShipHandler'))).toBe(0);
    await app.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});
