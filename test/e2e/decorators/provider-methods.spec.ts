import {
  Controller,
  Get,
  Global,
  Injectable,
  Module,
  Param,
  Scope,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef, NestFactory, type ContextId } from '@nestjs/core';
import { jest } from '@jest/globals';
import { Registry } from 'prom-client';
import { firstValueFrom, from, Subject, throwError, type Observable } from 'rxjs';
import {
  Counter,
  ExcludeAllMetrics,
  Gauge,
  Histogram,
  PrometheusModule,
  PrometheusService,
  Summary,
  type MetricContext,
} from '../../../lib/index.js';
import { onPlatform, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const outcome = ({ error }: MetricContext): string => (error === undefined ? 'ok' : 'failed');

const Calls = Counter('calls', 'Calls');
const Outcomes = Counter('outcomes', 'Calls by outcome', { labels: { outcome } });
const Busy = Gauge('busy', 'Calls in progress');
const Seconds = Histogram('seconds', 'Seconds');
const Brief = Summary('brief_seconds', 'Seconds', { labels: { outcome } });

const Marks = SetMetadata('mark', 'kept');

function Tagged(): MethodDecorator {
  return (_target, _key, descriptor: PropertyDescriptor) => {
    Object.assign(descriptor.value as object, { tag: 'kept' });
  };
}

function Wrapped(): MethodDecorator {
  return (_target, _key, descriptor: PropertyDescriptor) => {
    const original = descriptor.value as (...args: unknown[]) => unknown;
    descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
      return `wrapped ${String(original.apply(this, args))}`;
    };
  };
}

function decorate(target: object, key: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  (Calls as MethodDecorator)(target, key, descriptor as PropertyDescriptor);
}

function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

class Lazy implements PromiseLike<string> {
  asked = 0;

  // oxlint-disable-next-line unicorn/no-thenable -- a query that begins when it is awaited
  then: PromiseLike<string>['then'] = (...handlers) => {
    this.asked += 1;
    return Promise.resolve('lazy').then(...handlers);
  };
}

@Injectable()
class Service {
  #secret = 'secret';
  readonly lazyValue = new Lazy();
  readonly promise = Promise.resolve('promise');
  readonly failure = new Error('failure');
  readonly subject = new Subject<number>();

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  value(): string {
    return this.#secret;
  }

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  thrown(): never {
    throw this.failure;
  }

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  resolved(): Promise<string> {
    return this.promise;
  }

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  async rejected(until: Promise<void>): Promise<never> {
    await until;
    throw this.failure;
  }

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  lazy(): Lazy {
    return this.lazyValue;
  }

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  stream(): Observable<number> {
    return this.subject;
  }

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  failing(): Observable<number> {
    return throwError(() => this.failure);
  }

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  async *pages(): AsyncGenerator<number> {
    yield 1;
    yield 2;
  }

  @Calls
  @Outcomes
  @Busy
  @Seconds
  @Brief
  *generator(): Generator<number> {
    yield 1;
  }

  outer(): string {
    return this.value();
  }
}

async function expectCalls(app: TestApp, counts: { ok?: number; failed?: number }): Promise<void> {
  const { ok = 0, failed = 0 } = counts;
  await app.expectSample('calls_total', {}, ok + failed);
  await app.expectSample('seconds_count', {}, ok + failed);
  for (const [name, count] of Object.entries({ ok, failed })) {
    await app.expectSum('outcomes_total', { outcome: name }, count);
    await app.expectSum('brief_seconds_count', { outcome: name }, count);
  }
  await app.expectSample('busy', {}, 0);
}

async function withService(
  { start }: TestContext,
  test: (service: Service, app: TestApp) => Promise<void>,
): Promise<void> {
  const app = await start({ providers: [Service] });
  await test(app.provider(Service), app);
}

const measured = (name: string, test: (service: Service, app: TestApp) => Promise<void>): void =>
  onPlatform('express', name, (context) => withService(context, test));

describe('a measured method of a provider', () => {
  measured('that returns a value is over at once', async (service, app) => {
    expect(service.value()).toBe('secret');
    await expectCalls(app, { ok: 1 });
  });

  measured('that throws is over at once, and throws the very error', async (service, app) => {
    expect(() => service.thrown()).toThrow(service.failure);
    await expectCalls(app, { failed: 1 });
  });

  measured('is over when its promise settles, which is the very one', async (service, app) => {
    expect(service.resolved()).toBe(service.promise);
    let go!: () => void;
    const rejected = service.rejected(new Promise((resolve) => (go = resolve)));
    await app.expectSample('busy', {}, 1);
    go();
    await expect(rejected).rejects.toBe(service.failure);
    await expectCalls(app, { ok: 1, failed: 1 });
  });

  measured('leaves a lazy thenable alone', async (service, app) => {
    expect(service.lazy()).toBe(service.lazyValue);
    await expectCalls(app, { ok: 1 });
    expect(service.lazyValue.asked).toBe(0);
    expect(await service.lazy()).toBe('lazy');
  });

  measured('is over when its Observable completes', async (service, app) => {
    const received: number[] = [];
    const observable = service.stream();
    expect(observable).toBe(service.subject);
    await app.expectSample('busy', {}, 1);
    observable.subscribe((value) => received.push(value));
    // A second subscription is no second call.
    observable.subscribe();
    service.subject.next(1);
    await app.expectSample('calls_total', {}, 0);
    service.subject.complete();
    expect(received).toEqual([1]);
    await expectCalls(app, { ok: 1 });
    expect(Object.keys(observable)).toEqual(Object.keys(new Subject()));
  });

  measured('is over when its Observable fails or is unsubscribed', async (service, app) => {
    await expect(firstValueFrom(service.failing())).rejects.toBe(service.failure);
    await expectCalls(app, { failed: 1 });
    service.stream().subscribe().unsubscribe();
    await expectCalls(app, { ok: 1, failed: 1 });
  });

  measured('is never over while nobody subscribes', async (service, app) => {
    service.stream();
    await app.expectSample('busy', {}, 1);
    await app.expectSample('calls_total', {}, 0);
  });

  measured('is over when its async iterator ends, or is left', async (service, app) => {
    const pages: number[] = [];
    for await (const page of service.pages()) {
      await app.expectSample('busy', {}, 1);
      pages.push(page);
    }
    expect(pages).toEqual([1, 2]);
    await expectCalls(app, { ok: 1 });
    for await (const _ of service.pages()) break;
    await expectCalls(app, { ok: 2 });
    expect([...service.generator()]).toEqual([1]);
    await expectCalls(app, { ok: 3 });
  });

  measured('counts however it is called', async (service, app) => {
    service.outer();
    const spy = jest.spyOn(service, 'value');
    service.value();
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
    expect(await firstValueFrom(from(service.resolved()))).toBe('promise');
    await expectCalls(app, { ok: 3 });
  });

  measured('shows nothing of it on the instance', async (service) => {
    expect({ ...service }).not.toHaveProperty('meter');
    expect(Object.getOwnPropertySymbols({ ...service })).toEqual([]);
    expect(Reflect.ownKeys(service).filter((key) => Object.hasOwn({ ...service }, key))).toEqual(
      Reflect.ownKeys(new Service()),
    );
  });
});

const NAMES = ['class', 'factory', 'value', 'transient', 'request', 'guard', 'controller'] as const;
const kinds = Object.fromEntries(
  NAMES.map((name) => [name, Counter(`of_${name}`, 'Calls')]),
) as Record<(typeof NAMES)[number], ReturnType<typeof Counter>>;

class Made {
  @kinds.factory
  call(): void {}
}

class Given {
  @kinds.value
  call(): void {}
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient {
  @kinds.transient
  call(): void {}
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @kinds.request
  call(): void {}
}

@Injectable()
class Guard implements CanActivate {
  @kinds.guard
  canActivate(): boolean {
    return true;
  }
}

@Controller('kinds')
class KindsController {
  constructor(
    private readonly transient: Transient,
    private readonly perRequest: PerRequest,
  ) {}

  @Get(':id')
  @UseGuards(Guard)
  handle(@Param('id') id: string): string {
    this.transient.call();
    this.perRequest.call();
    this.helper();
    return id;
  }

  @kinds.controller
  helper(): void {}
}

describe('measured methods', () => {
  onPlatform('express', 'may be of any provider, however it is made', async ({ start }) => {
    const given = new Given();
    const providers = [
      Transient,
      PerRequest,
      { provide: 'made', useFactory: () => new Made() },
      { provide: 'given', useValue: given },
    ];
    const app = await start({ providers, controllers: [KindsController] });
    for (const name of ['factory', 'value']) await app.expectSample(`of_${name}_total`, {}, 0);
    app.provider<Made>('made').call();
    given.call();
    expect((await app.get('/kinds/7')).body).toBe('7');
    for (const name of NAMES) {
      if (name !== 'class') await app.expectSample(`of_${name}_total`, {}, 1);
    }
  });

  onPlatform(
    'express',
    'may call themselves, each other, and throw meanwhile',
    async ({ start }) => {
      const deepest = new Error('deepest');
      @Injectable()
      class Steps {
        @Histogram('steps_seconds', 'Seconds', { buckets: [0.01] })
        @Gauge('steps_busy', 'Calls in progress')
        walk(depth: number): unknown {
          try {
            this.walk2(depth - 1);
          } catch {
            // The calls within this one are over.
          }
          spin(15);
          return depth % 2 === 0 ? depth : Promise.resolve(depth);
        }

        @Histogram('steps_seconds', 'Seconds', { buckets: [0.01] })
        @Gauge('steps_busy', 'Calls in progress')
        walk2(depth: number): unknown {
          if (depth > 0) return this.walk(depth - 1);
          spin(15);
          throw deepest;
        }
      }
      const app = await start({ providers: [Steps] });
      await app.provider(Steps).walk(5);
      await app.expectSample('steps_seconds_count', {}, 6);
      await app.expectSample('steps_seconds_bucket', { le: '0.01' }, 0);
      // The deepest call takes 15 ms, and those around it as much as what is in them.
      expect(await app.sum('steps_seconds_sum')).toBeGreaterThan(0.015 * (1 + 2 + 2 + 3 + 3 + 4));
      await app.expectSample('steps_busy', {}, 0);
    },
  );

  onPlatform('express', 'see arguments, value and error of each call', async ({ start }) => {
    const seen: MetricContext[] = [];
    const labels = {
      seen: (context: MetricContext) => {
        seen.push(context);
        return 'seen';
      },
    };
    @Injectable()
    class Seen {
      @Counter('seen', 'Calls', { labels })
      @Gauge('seen_busy', 'Calls', { labels })
      async call(first: number, second: string): Promise<string> {
        if (first > 1) throw new Error('too many');
        return `${first} ${second}`;
      }
    }
    const app = await start({ providers: [Seen] });
    await app.provider(Seen).call(1, 'a');
    await expect(app.provider(Seen).call(2, 'b')).rejects.toThrow('too many');
    expect(seen).toEqual([
      { request: undefined, response: undefined, args: [1, 'a'] },
      { request: undefined, response: undefined, args: [1, 'a'], returnValue: '1 a' },
      { request: undefined, response: undefined, args: [2, 'b'] },
      { request: undefined, response: undefined, args: [2, 'b'], error: expect.any(Error) },
    ]);
  });

  onPlatform('express', 'keep what is on the method, in any order', async ({ start }) => {
    @Injectable()
    class Marked {
      @Calls
      @Marks
      @Tagged()
      below(_one: number, _two: number): void {}

      @Marks
      @Tagged()
      @Calls
      above(_one: number, _two: number): void {}
    }
    const app = await start({ providers: [Marked] });
    for (const name of ['below', 'above'] as const) {
      const method = app.provider(Marked)[name];
      expect({ ...method }).toEqual({ tag: 'kept' });
      expect([method.name, method.length]).toEqual([name, 2]);
      expect(Reflect.getMetadata('mark', method)).toBe('kept');
      expect(Reflect.getMetadata('design:paramtypes', Marked.prototype, name)).toHaveLength(2);
      expect(() => new (method as unknown as new () => unknown)()).toThrow(TypeError);
      app.provider(Marked)[name](1, 2);
    }
    await app.expectSample('calls_total', {}, 2);
  });

  onPlatform('express', 'count each decorator once on a wrapped method', async ({ start }) => {
    @Injectable()
    class Layers {
      @Counter('outer', 'Calls')
      @Wrapped()
      @Counter('inner', 'Calls')
      both(): string {
        return 'both';
      }

      @Wrapped()
      @Counter('below', 'Calls')
      below(): string {
        return 'below';
      }
    }
    const app = await start({ providers: [Layers] });
    expect(app.provider(Layers).both()).toBe('wrapped both');
    expect(app.provider(Layers).below()).toBe('wrapped below');
    for (const name of ['outer', 'inner', 'below']) {
      await app.expectSample(`${name}_total`, {}, 1);
    }
  });

  onPlatform('express', 'are inherited, and overridden', async ({ start }) => {
    const shared = Counter('shared', 'Calls');
    class Base {
      @shared
      @Counter('base', 'Calls')
      call(): string {
        return 'base';
      }

      @Counter('kept', 'Calls')
      kept(): void {}
    }
    @Injectable()
    class Derived extends Base {
      @shared
      @Counter('derived', 'Calls')
      override call(): string {
        return `derived ${super.call()}`;
      }
    }
    @Injectable()
    class Plain extends Base {
      override call(): string {
        return 'plain';
      }
    }
    const app = await start({ providers: [Derived, Plain] });
    expect(app.provider(Derived).call()).toBe('derived base');
    app.provider(Derived).kept();
    app.provider(Plain).call();
    await app.expectSample('shared_total', {}, 1);
    await app.expectSample('base_total', {}, 1);
    await app.expectSample('derived_total', {}, 1);
    await app.expectSample('kept_total', {}, 1);
  });

  onPlatform('express', 'of a class are all but lifecycle hooks', async ({ start }) => {
    class Base {
      inherited(): void {}
    }
    @Injectable()
    @Counter('of_all', 'Calls')
    class All extends Base implements OnModuleInit {
      onModuleInit(): void {
        this.first();
      }

      first(): void {}

      @ExcludeAllMetrics()
      silent(): void {}

      get accessor(): number {
        return 1;
      }
    }
    @Injectable()
    class More extends All {
      override onModuleInit(): void {}

      more(): void {
        super.first();
      }
    }
    const app = await start({ providers: [All, More] });
    await app.expectSample('of_all_total', {}, 1);
    app.provider(All).inherited();
    app.provider(All).silent();
    expect(app.provider(All).accessor).toBe(1);
    await app.expectSample('of_all_total', {}, 2);
    app.provider(More).first();
    await app.expectSample('of_all_total', {}, 3);
  });

  onPlatform('express', 'are no handlers of the controller class', async ({ start }) => {
    @Controller('of-class')
    @Counter('of_handlers', 'Calls')
    class ClassController {
      @Get()
      handle(): string {
        return this.helper();
      }

      helper(): string {
        return 'helped';
      }
    }
    const app = await start({ controllers: [ClassController] });
    expect((await app.get('/of-class')).body).toBe('helped');
    await app.expectSample('of_handlers_total', {}, 1);
    app.provider(ClassController).handle();
    await app.expectSample('of_handlers_total', {}, 1);
  });

  it('count from onModuleInit to onModuleDestroy', async () => {
    const registry = new Registry();
    const values: (number | undefined)[] = [];
    @Injectable()
    class Hooks implements OnModuleInit, OnModuleDestroy {
      constructor(private readonly prometheus: PrometheusService) {}

      @Calls
      call(): void {}

      onModuleInit(): void {
        this.call();
      }

      async onModuleDestroy(): Promise<void> {
        this.call();
        values.push(await this.prometheus.getSampleValue('calls_total'));
      }
    }
    @Global()
    @Module({ providers: [{ provide: 'made', useFactory: () => new Early() }] })
    class FirstModule {}
    @Module({
      providers: [Hooks],
      imports: [FirstModule, PrometheusModule.forRoot({ registry, processMetrics: false })],
    })
    class App {}
    class Early implements OnModuleInit {
      @Counter('early', 'Calls')
      call(): void {}

      onModuleInit(): void {
        this.call();
      }
    }
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const service = app.get(PrometheusService);
    expect(await service.getSampleValue('calls_total')).toBe(1);
    expect(await service.getSampleValue('early_total')).toBe(1);
    await app.close();
    expect(values).toEqual([2]);
  });

  onPlatform('express', 'belong to the application of their instance', async ({ start }) => {
    const before = Object.getOwnPropertyDescriptors(Service.prototype);
    const one = await start({ providers: [Service] });
    const two = await start({ providers: [Service] });
    const without = await start({ providers: [Service], prometheus: false });
    one.provider(Service).value();
    without.provider(Service).value();
    new Service().value();
    await one.expectSample('calls_total', {}, 1);
    await two.expectSample('calls_total', {}, 0);
    const service = two.provider(Service);
    await two.nest.close();
    expect(service.value()).toBe('secret');
    expect(Object.getOwnPropertyDescriptors(Service.prototype)).toEqual(before);
  });

  onPlatform('express', 'of a value go with the application to the next', async ({ start }) => {
    const given = new Given();
    const providers = [{ provide: 'given', useValue: given }];
    for (let round = 0; round < 2; round++) {
      const app = await start({ providers });
      given.call();
      await app.expectSample('of_value_total', {}, 1);
      await app.nest.close();
      given.call();
    }
  });

  onPlatform('express', 'of a frozen instance count', async ({ start }) => {
    @Injectable()
    class Frozen {
      constructor() {
        Object.freeze(this);
      }

      @Calls
      call(): void {}
    }
    const app = await start({ providers: [Frozen] });
    app.provider(Frozen).call();
    await app.expectSample('calls_total', {}, 1);
  });

  onPlatform('express', 'keep a label function to itself that throws', async ({ start }) => {
    @Injectable()
    class Faulty {
      @Counter('faulty', 'Calls', {
        labels: {
          bad: () => {
            throw new Error('bad label');
          },
        },
      })
      call(): string {
        return 'fine';
      }
    }
    const app = await start({ providers: [Faulty] });
    expect(app.provider(Faulty).call()).toBe('fine');
    await app.expectSample('faulty_total', { bad: '' }, 1);
  });

  onPlatform('express', 'are made by ModuleRef, too', async ({ start }) => {
    const app = await start({ providers: [PerRequest, Transient] });
    const refs = app.provider(ModuleRef);
    (await refs.create(PerRequest)).call();
    (await refs.resolve(Transient, undefined as unknown as ContextId, { strict: false })).call();
    await app.expectSample('of_request_total', {}, 1);
    await app.expectSample('of_transient_total', {}, 1);
  });

  it('return proxies and values that let nobody look at them', () => {
    const secret = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    class Secretive {
      @Calls
      call(): object {
        return secret;
      }
    }
    expect(new Secretive().call()).toBe(secret);
  });
});

describe('a metric decorator', () => {
  it('is a TypeError on what is no method of instances', () => {
    class Other {
      static fixed(): void {}
      get accessor(): number {
        return 1;
      }
      declare property: number;
    }
    expect(() => decorate(Other, 'fixed')).toThrow(TypeError);
    expect(() => decorate(Other.prototype, 'accessor')).toThrow(TypeError);
    expect(() => decorate(Other.prototype, 'property')).toThrow(TypeError);
  });
});
