import {
  Controller,
  Get,
  Injectable,
  Param,
  ParseIntPipe,
  UseGuards,
  type CanActivate,
} from '@nestjs/common';
import {
  Counter,
  DoNotTrack,
  ExcludeAllMetrics,
  Gauge,
  Histogram,
  PrometheusService,
  type MetricDecorator,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

@Injectable()
class NoEntry implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const shared = Counter('by_status', 'Calls', {
  labels: { status: ({ statusCode }) => statusCode },
});
const busy = Gauge('busy', 'Calls in progress');
const seconds = Histogram('call_seconds', 'Seconds');
const all: MetricDecorator[] = [shared, busy, seconds];

@Controller('api')
class ApiController {
  @Get('plain')
  plain(): string {
    return 'plain';
  }

  @Get('decorated')
  @shared
  @busy
  decorated(): string {
    return 'decorated';
  }

  @Get('number/:id')
  number(@Param('id', ParseIntPipe) id: number): number {
    return id;
  }

  @Get('guarded')
  @UseGuards(NoEntry)
  guarded(): string {
    return 'never';
  }

  @Get('silent')
  @DoNotTrack()
  silent(): string {
    return 'silent';
  }

  @Get('nothing')
  @ExcludeAllMetrics()
  nothing(): string {
    return 'nothing';
  }

  @Get('hangs')
  hangs(): Promise<string> {
    return new Promise(() => {});
  }
}

const controllers = [ApiController];

type Register = (app: TestApp) => void;
const nothing: Register = () => {};
const register: Register = ({ service }) => service.registerDefault(...all);

/** When the metrics are registered: before the routes exist, or while the application listens. */
const TIMES = [
  ['before the routes', register, nothing, 'auto'],
  ['after listening', nothing, register, 'auto'],
  ['after listening, with a global interceptor', nothing, register, 'global'],
] as const;

describe.each(TIMES)('registerDefault() %s', (_, early, late, interceptor) => {
  const started = async (
    start: Parameters<Parameters<typeof onBothPlatforms>[1]>[0]['start'],
    options: object = {},
  ): Promise<TestApp> => {
    const app = await start({
      controllers,
      options: { interceptor, ...options },
      configure: (nest) =>
        early({ service: nest.get(PrometheusService, { strict: false }) } as TestApp),
    });
    late(app);
    return app;
  };

  onBothPlatforms('tracks every handler once', async ({ start }) => {
    const app = await started(start);
    await app.get('/api/plain');
    await app.get('/api/decorated');
    await app.get('/api/number/1');
    expect((await app.get('/api/number/one')).status).toBe(400);
    await app.expectSample('by_status_total', { status: '200' }, 3);
    await app.expectSample('by_status_total', { status: '400' }, 1);
    await app.expectSample('call_seconds_count', {}, 4);
    await app.expectSample('busy', {}, 0);
  });

  onBothPlatforms('tracks nothing but handlers that are reached', async ({ start }) => {
    const app = await started(start);
    await app.get('/nowhere');
    expect((await app.get('/api/guarded')).status).toBe(403);
    await app.get('/metrics');
    await app.get('/api/nothing');
    await app.expectSum('by_status_total', {}, 0);
    await app.expectSample('call_seconds_count', {}, 0);
    await app.get('/api/silent');
    await app.expectSample('by_status_total', { status: '200' }, 1);
  });

  onBothPlatforms('raises and lowers gauges', async ({ start }) => {
    const app = await started(start);
    const connection = await app.raw('GET /api/hangs HTTP/1.1\r\nHost: a\r\n\r\n');
    await app.expectSample('busy', {}, 1);
    connection.destroy();
    await app.expectSample('busy', {}, 0);
    await app.expectSample('by_status_total', { status: '499' }, 1);
  });

  onBothPlatforms('respects excludedPaths', async ({ start }) => {
    const app = await started(start, { excludedPaths: '/api/pl' });
    await app.get('/api/plain');
    await app.get('/api/decorated');
    await app.expectSample('by_status_total', { status: '200' }, 1);
  });

  onBothPlatforms('ignores excludedPaths when told so', async ({ start }) => {
    const app = await started(start, { excludedPaths: '/api', excludeUserDefaults: false });
    await app.get('/api/plain');
    await app.get('/api/decorated');
    await app.expectSample('by_status_total', { status: '200' }, 2);
    await app.expectSum('nestjs_http_request_total', {}, 0);
  });
});

describe('registerDefault()', () => {
  onBothPlatforms('rejects what is no metric decorator', async ({ start }) => {
    const { service } = await start({ controllers });
    expect(() => service.registerDefault((() => {}) as unknown as MetricDecorator)).toThrow(
      /registerDefault/,
    );
  });

  onBothPlatforms('leaves the adapter as it was', async ({ start }) => {
    const app = await start({ controllers });
    const adapter = app.nest.getHttpAdapter();
    const hadOwn = Object.hasOwn(adapter, 'status');
    app.service.registerDefault(shared);
    await app.nest.close();
    expect(Object.hasOwn(adapter, 'status')).toBe(hadOwn);
  });

  onBothPlatforms(
    'late, with the global interceptor, see what handlers return',
    async ({ start }) => {
      const app = await start({ controllers: [ApiController], options: { interceptor: 'global' } });
      app.service.registerDefault(
        Counter('late_calls', 'Calls', {
          labels: { value: ({ returnValue }) => String(returnValue) },
        }),
      );
      await app.get('/api/plain');
      await app.expectSample('late_calls_total', { value: 'plain' }, 1);
    },
  );
});
