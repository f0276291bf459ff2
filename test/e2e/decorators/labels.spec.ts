import { BadRequestException, Controller, Get, Param, type ExecutionContext } from '@nestjs/common';
import { Counter, Gauge, Histogram, type MetricContext } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

describe('label functions', () => {
  onBothPlatforms('see the whole call', async ({ start, platform }) => {
    const seen: MetricContext[] = [];
    const seenByGauge: MetricContext[] = [];
    @Controller('a')
    class AController {
      @Get(':id')
      @Counter('a', 'A', {
        labels: {
          id: (context) => {
            seen.push(context);
            return context.request.params.id as string;
          },
        },
      })
      @Gauge('b', 'B', {
        labels: {
          id: (context) => {
            seenByGauge.push({ ...context });
            return context.request.params.id as string;
          },
        },
      })
      handle(@Param('id') id: string): object {
        if (id === 'bad') throw new BadRequestException('bad');
        return { id };
      }
    }
    const app = await start({ controllers: [AController] });
    await app.get('/a/7');
    await app.get('/a/bad');
    await app.expectSample('a_total', { id: '7' }, 1);
    await app.expectSample('a_total', { id: 'bad' }, 1);
    await app.expectSample('b', { id: '7' }, 0);
    const [good, bad] = seen as [MetricContext, MetricContext];
    expect(good.executionContext?.getClass()).toBe(AController);
    expect(good.executionContext?.getHandler().name).toBe('handle');
    expect(good.statusCode).toBe(200);
    expect(good.returnValue).toEqual({ id: '7' });
    expect(good.error).toBeUndefined();
    expect(good.args[0]).toBe(good.request);
    expect(good.response.statusCode).toBe(200);
    expect(typeof good.response.header).toBe(platform === 'fastify' ? 'function' : 'function');
    expect(bad.statusCode).toBe(400);
    expect(bad.error).toBeInstanceOf(BadRequestException);
    expect(bad.returnValue).toBeUndefined();
    const [raised] = seenByGauge as [MetricContext];
    expect(raised.response).toBeUndefined();
    expect(raised.statusCode).toBeUndefined();
    expect(raised.executionContext?.getClass()).toBe(AController);
  });

  onBothPlatforms('that fail leave an empty value, and are counted', async ({ start, logs }) => {
    const circular: unknown[] = [];
    circular.push(circular);
    const odd: (() => unknown)[] = [
      () => {
        throw new Error('label');
      },
      () => Symbol('a'),
      () => circular,
      () => Object.create(null) as object,
    ];
    @Controller('a')
    class AController {
      @Get(':id')
      @Counter('a', 'A', {
        labels: { odd: ({ request }) => odd[Number(request.params.id)]?.() as string },
      })
      @Histogram('b_seconds', 'B', { labels: { nothing: () => undefined, none: () => null } })
      handle(): string {
        return 'untouched';
      }
    }
    const app = await start({ controllers: [AController] });
    for (const id of odd.keys()) {
      const response = await app.get(`/a/${id}`);
      expect([response.status, response.body]).toEqual([200, 'untouched']);
    }
    await app.expectSample('a_total', { odd: '' }, odd.length);
    await app.expectSample('nestjs_exporter_label_errors_total', { metric: 'a_total' }, odd.length);
    await app.expectSample('b_seconds_count', { nothing: '', none: '' }, odd.length);
    await app.expectSample(
      'nestjs_exporter_label_errors_total',
      { metric: 'b_seconds' },
      undefined,
    );
    const warnings = logs.warnings.filter((message) => message.includes('"a_total"'));
    expect(warnings).toHaveLength(1);
  });

  onBothPlatforms('get default labels beside their own', async ({ start }) => {
    @Controller('a')
    class AController {
      @Get()
      @Counter('a', 'A', { labels: { own: 'o' } })
      handle(): string {
        return 'a';
      }
    }
    const options = {
      defaultLabels: { zone: 'z', code: ({ statusCode }: MetricContext) => statusCode },
    };
    const app = await start({ controllers: [AController], options });
    await app.get('/a');
    await app.get('/nowhere');
    await app.expectSample('a_total', { own: 'o', zone: 'z', code: '200' }, 1);
    await app.expectSample(
      'nestjs_http_request_total',
      { method: 'GET', status: '404', zone: 'z', code: '404' },
      1,
    );
    await app.expectSample('nestjs_exporter_info', { version: '0.1.0' }, 1);
  });

  onBothPlatforms('see what responseConverter makes', async ({ start }) => {
    @Controller('a')
    class AController {
      @Get(':id')
      @Counter('a', 'A', {
        labels: {
          status: ({ statusCode }) => statusCode,
          kind: ({ response }) => response.headers?.kind as string,
        },
      })
      handle(@Param('id') id: string): object {
        return { code: Number(id), kind: 'envelope' };
      }
    }
    const responseConverter = (
      value: unknown,
      context: ExecutionContext,
    ): { statusCode: number; headers: Record<string, unknown> } => {
      expect(context.getClass()).toBe(AController);
      const { code, kind } = value as { code: number; kind: string };
      if (code === 0) throw new Error('no envelope');
      return { statusCode: code, headers: { kind } };
    };
    const app = await start({ controllers: [AController], options: { responseConverter } });
    await app.get('/a/422');
    await app.expectSample('a_total', { status: '422', kind: 'envelope' }, 1);
    await app.get('/a/0');
    await app.expectSum('a_total', { status: '200' }, 1);
  });
});
