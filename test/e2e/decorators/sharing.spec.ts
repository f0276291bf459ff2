import { Controller, Get } from '@nestjs/common';
import { Counter, Gauge, Histogram, Summary } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

/** Replaces the method, and takes no metadata along. */
function Wrapped(): MethodDecorator {
  return (_target, _key, descriptor: PropertyDescriptor) => {
    const original = descriptor.value as (...args: unknown[]) => unknown;
    descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
      return `wrapped ${String(original.apply(this, args))}`;
    };
  };
}

function withDecorators(...decorators: MethodDecorator[]): new () => object {
  @Controller('clash')
  class ClashController {
    @Get()
    handle(): string {
      return 'clash';
    }
  }
  for (const decorate of decorators) {
    const { prototype } = ClashController;
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'handle');
    decorate(prototype, 'handle', descriptor as PropertyDescriptor);
  }
  return ClashController;
}

describe('metric decorators', () => {
  onBothPlatforms('share a metric when kept in a constant', async ({ start }) => {
    const shared = Counter('shared', 'Calls');
    @Controller('a')
    class AController {
      @Get('one')
      @shared
      one(): string {
        return 'one';
      }
      @shared
      @Get('two')
      two(): string {
        return 'two';
      }
    }
    const app = await start({ controllers: [AController] });
    await app.get('/a/one');
    await app.get('/a/two');
    await app.expectSample('shared_total', {}, 2);
  });

  onBothPlatforms('count once when met on class and method', async ({ start }) => {
    const shared = Counter('shared', 'Calls');
    const busy = Gauge('busy', 'Calls in progress');
    @Controller('a')
    @shared
    @busy
    class AController {
      @Get()
      @shared
      @busy
      handle(): string {
        return 'a';
      }
    }
    const app = await start({ controllers: [AController] });
    await app.get('/a');
    await app.expectSample('shared_total', {}, 1);
    await app.expectSample('busy', {}, 0);
  });

  onBothPlatforms('count for each place with its own labels', async ({ start }) => {
    @Controller('a')
    class AController {
      @Get('one')
      @Counter('kinds', 'Calls', { labels: { kind: 'one', host: 'a' } })
      one(): string {
        return 'one';
      }
      @Get('two')
      @Counter('kinds_total', 'Calls', { labels: { host: 'a', kind: 'two' } })
      two(): string {
        return 'two';
      }
    }
    const app = await start({ controllers: [AController] });
    await app.expectSample('kinds_total', { kind: 'one', host: 'a' }, 0);
    await app.get('/a/two');
    await app.expectSample('kinds_total', { kind: 'two', host: 'a' }, 1);
    await app.expectSample('kinds_total', { kind: 'one', host: 'a' }, 0);
  });

  onBothPlatforms('work below and above a decorator that wraps', async ({ start }) => {
    @Controller('a')
    class AController {
      @Get('below')
      @Wrapped()
      @Counter('below', 'Calls')
      below(): string {
        return 'below';
      }
      @Get('above')
      @Counter('above', 'Calls')
      @Wrapped()
      above(): string {
        return 'above';
      }
      @Get('around')
      @Counter('outer', 'Calls')
      @Wrapped()
      @Counter('inner', 'Calls')
      around(): string {
        return 'around';
      }
    }
    const app = await start({ controllers: [AController] });
    expect((await app.get('/a/below')).body).toBe('wrapped below');
    await app.get('/a/above');
    await app.get('/a/around');
    await app.expectSample('below_total', {}, 1);
    await app.expectSample('above_total', {}, 1);
    await app.expectSample('outer_total', {}, 1);
    await app.expectSample('inner_total', {}, 1);
  });

  onBothPlatforms('are inherited with the handler and the class', async ({ start }) => {
    @Counter('of_class', 'Calls')
    class Base {
      @Get()
      @Counter('of_method', 'Calls')
      handle(): string {
        return 'base';
      }
    }
    @Controller('inherited')
    class Inherited extends Base {}
    @Controller('overridden')
    class Overridden extends Base {
      @Get()
      override handle(): string {
        return 'overridden';
      }
    }
    @Controller('more')
    @Counter('of_more', 'Calls')
    class More extends Base {}
    const app = await start({ controllers: [Inherited, Overridden, More] });
    await app.get('/inherited');
    await app.expectSample('of_class_total', {}, 1);
    await app.expectSample('of_method_total', {}, 1);
    await app.get('/overridden');
    await app.expectSample('of_class_total', {}, 2);
    await app.expectSample('of_method_total', {}, 1);
    await app.get('/more');
    await app.expectSample('of_class_total', {}, 3);
    await app.expectSample('of_method_total', {}, 2);
    await app.expectSample('of_more_total', {}, 1);
  });

  onBothPlatforms('start at 0, unless they must not or cannot', async ({ start }) => {
    @Controller('a')
    class AController {
      @Get()
      @Counter('bare', 'Calls')
      @Histogram('fixed_seconds', 'Seconds', { labels: { kind: 'a' }, buckets: [1, 2] })
      @Summary('quantiles_seconds', 'Seconds', { percentiles: [0.5] })
      @Counter('none', 'Calls', { initialValue: false })
      @Counter('evaluated', 'Calls', { labels: { kind: () => 'a' } })
      handle(): string {
        return 'a';
      }
    }
    const app = await start({ controllers: [AController] });
    await app.expectSample('bare_total', {}, 0);
    await app.expectSample('fixed_seconds_count', { kind: 'a' }, 0);
    await app.expectSample('fixed_seconds_bucket', { kind: 'a', le: '2.0' }, 0);
    await app.expectSample('quantiles_seconds_count', {}, 0);
    expect(await app.samples('none_total')).toEqual([]);
    expect(await app.samples('evaluated_total')).toEqual([]);
    await app.get('/a');
    await app.expectSample('none_total', {}, 1);
    await app.expectSample('evaluated_total', { kind: 'a' }, 1);
    await app.expectSample('quantiles_seconds_count', {}, 1);
    const [median] = await app.samples('quantiles_seconds', { quantile: '0.5' });
    expect(median?.value).toBeGreaterThanOrEqual(0);
    await app.expectSample('fixed_seconds_bucket', { kind: 'a', le: '+Inf' }, 1);
  });
});

describe('a metric that cannot be', () => {
  onBothPlatforms('has another help text', async ({ start }) => {
    const controllers = [withDecorators(Counter('a', 'One')), withDecorators(Counter('a', 'Two'))];
    await expect(start({ controllers })).rejects.toThrow(
      /"a_total" \(ClashController.handle\) is declared already/,
    );
  });

  onBothPlatforms('has other labels, type or buckets', async ({ start }) => {
    const pairs: MethodDecorator[][] = [
      [Counter('a', 'A'), Counter('a', 'A', { labels: { b: 'c' } })],
      [Histogram('a', 'A'), Summary('a', 'A')],
      [Histogram('a', 'A', { buckets: [1] }), Histogram('a', 'A', { buckets: [1, 2] })],
    ];
    for (const pair of pairs) {
      await expect(start({ controllers: [withDecorators(...pair)] })).rejects.toThrow(/declared/);
    }
  });

  onBothPlatforms('clashes with a default metric or a suffix', async ({ start }) => {
    for (const decorator of [
      Gauge('nestjs_http_request_duration_seconds', 'Clash'),
      Gauge('nestjs_http_request_duration_seconds_bucket', 'Clash'),
      Gauge('nestjs_http_request', 'Clash'),
      Counter('nestjs_http_request_total', 'Clash'),
    ]) {
      const controllers = [withDecorators(decorator)];
      await expect(start({ controllers })).rejects.toThrow(/clashes|declared already/);
    }
  });

  onBothPlatforms('has a default label of its own', async ({ start }) => {
    const controllers = [withDecorators(Counter('a', 'A', { labels: { zone: 'b' } }))];
    const options = { defaultLabels: { zone: 'a' } };
    await expect(start({ controllers, options })).rejects.toThrow(/"a".*defaultLabels.*'zone'/s);
  });

  it.each<[string, () => unknown]>([
    ['name', () => Counter('1a', 'A')],
    ['help', () => Gauge('a', '')],
    ['label', () => Counter('a', 'A', { labels: { __a: 'b' } })],
    ['le', () => Counter('a', 'A', { labels: { le: 'b' } })],
    ['quantile', () => Summary('a', 'A', { labels: { quantile: 'b' } })],
    ['value', () => Counter('a', 'A', { labels: { b: {} as never } })],
    ['buckets', () => Histogram('a', 'A', { buckets: [2, 1] })],
    ['empty buckets', () => Histogram('a', 'A', { buckets: [] })],
    ['NaN', () => Histogram('a', 'A', { buckets: [NaN] })],
    ['percentiles', () => Summary('a', 'A', { percentiles: [2] })],
    ['maxSeries', () => Counter('a', 'A', { maxSeries: 0 })],
    ['mode', () => Gauge('a', 'A', { multiprocessMode: 'most' as never })],
  ])('has a wrong %s', (_, make) => {
    expect(make).toThrow(/^Metric "1?a": expected/);
  });
});
