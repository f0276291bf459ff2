import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  BadRequestException,
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  Injectable,
  Param,
  ParseIntPipe,
  Redirect,
  Render,
  Req,
  Res,
  Scope,
  Sse,
  StreamableFile,
  UseFilters,
  UseGuards,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
} from '@nestjs/common';
import { interval, NEVER, of, take, map, startWith, type Observable } from 'rxjs';
import { Counter, Gauge, Histogram, Summary, type MetricContext } from '../../../lib/index.js';
import { onBothPlatforms, type PlatformApplication } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const status = ({ statusCode }: MetricContext): number | undefined => statusCode;

class Teapot extends Error {}

@Catch(Teapot)
class TeapotFilter implements ExceptionFilter {
  catch(_: Teapot, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse();
    response.status(418).send('short and stout');
  }
}

@Injectable()
class NoEntry implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

interface Writable {
  readonly raw?: Writable;
  statusCode: number;
  end(text: string): void;
  write(text: string): void;
}

@Controller({ path: 'kinds' })
@Counter('calls', 'Calls', { labels: { status } })
@Gauge('in_progress', 'Calls in progress')
@Histogram('seconds', 'Duration', { labels: { status } })
@Summary('brief_seconds', 'Duration', { labels: { status } })
class KindsController {
  @Get('value')
  value(): string {
    return 'value';
  }

  @Get('promise')
  promise(): Promise<string> {
    return Promise.resolve('promise');
  }

  @Get('rejected')
  rejected(): Promise<string> {
    return Promise.reject(new Error('rejected'));
  }

  @Get('thrown')
  thrown(): string {
    throw new Error('thrown');
  }

  @Get('http-exception')
  httpException(): string {
    throw new BadRequestException();
  }

  @Get('mapped')
  @UseFilters(TeapotFilter)
  mapped(): string {
    throw new Teapot();
  }

  @Get('observable')
  observable(): Observable<number> {
    return of(1, 2, 3);
  }

  @Get('stream')
  @Header('content-type', 'text/plain')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from('a'), Buffer.from('b')]));
  }

  @Sse('sse')
  sse(): Observable<{ data: number }> {
    return interval(1).pipe(
      take(3),
      map((data) => ({ data })),
    );
  }

  @Get('res')
  res(@Res() response: Writable): void {
    const raw = response.raw ?? response;
    raw.statusCode = 202;
    raw.end('res');
  }

  @Get('rendered')
  @Render('greeting')
  rendered(): object {
    return { name: 'Ada' };
  }

  @Get('redirect')
  @Redirect('/kinds/value', 307)
  redirect(): void {}

  @Get('not-modified')
  @HttpCode(304)
  notModified(): void {}

  @Get('pipe/:id')
  pipe(@Param('id', ParseIntPipe) id: number): number {
    return id;
  }

  @Get('guarded')
  @UseGuards(NoEntry)
  guarded(): string {
    return 'never';
  }

  @Get('hangs')
  hangs(): Promise<string> {
    return new Promise(() => {});
  }

  @Sse('endless')
  endless(): Observable<{ data: string }> {
    return NEVER.pipe(startWith({ data: 'first' }));
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController {
  @Get()
  @Counter('calls', 'Calls', { labels: { status } })
  @Gauge('in_progress', 'Calls in progress')
  @Histogram('seconds', 'Duration', { labels: { status } })
  @Summary('brief_seconds', 'Duration', { labels: { status } })
  handle(@Req() request: { url: string }): string {
    return request.url;
  }
}

function render(_: string, __: object, done: (error: null, text: string) => void): void {
  done(null, 'greeting');
}

function view(this: { send(text: string): unknown }, name: string): unknown {
  return this.send(name);
}

/** A view engine for either platform. */
function addViews(app: PlatformApplication): void {
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify') {
    adapter.getInstance().decorateReply('view', view);
  } else {
    adapter.getInstance().engine('txt', render);
    adapter.setViewEngine?.('txt');
    app.setBaseViewsDir?.(join(import.meta.dirname, 'views'));
  }
}

async function expectOne(app: TestApp, code: string, count = 1): Promise<void> {
  await app.expectSum('calls_total', {}, count);
  await app.expectSum('seconds_count', {}, count);
  await app.expectSum('brief_seconds_count', {}, count);
  await app.expectSample('in_progress', {}, 0);
  if (count === 0) return;
  await app.expectSample('calls_total', { status: code }, count);
  await app.expectSample('seconds_count', { status: code }, count);
  await app.expectSample('brief_seconds_count', { status: code }, count);
}

describe.each(['auto', 'global'] as const)(
  'a decorated handler (interceptor: %s)',
  (interceptor) => {
    const controllers = [KindsController, ScopedController];

    describe.each([
      ['value', '200'],
      ['promise', '200'],
      ['rejected', '500'],
      ['thrown', '500'],
      ['http-exception', '400'],
      ['mapped', '418'],
      ['observable', '200'],
      ['stream', '200'],
      ['sse', '200'],
      ['res', '202'],
      ['rendered', '200'],
      ['redirect', '307'],
      ['not-modified', '304'],
      ['pipe/7', '200'],
      ['pipe/seven', '400'],
    ])('%s', (path, code) => {
      onBothPlatforms(`is observed once with status ${code}`, async ({ start }) => {
        const app = await start({ controllers, options: { interceptor }, configure: addViews });
        const response = await app.get(`/kinds/${path}`);
        expect(String(response.status)).toBe(code);
        await expectOne(app, code);
      });
    });

    onBothPlatforms('of a request-scoped controller is observed once', async ({ start }) => {
      const app = await start({ controllers, options: { interceptor } });
      await app.get('/scoped');
      await expectOne(app, '200');
    });

    onBothPlatforms('is not observed when a guard rejects', async ({ start }) => {
      const app = await start({ controllers, options: { interceptor } });
      expect((await app.get('/kinds/guarded')).status).toBe(403);
      await app.expectSample('nestjs_http_request_total', { method: 'GET', status: '403' }, 1);
      await expectOne(app, '403', 0);
    });

    onBothPlatforms('is observed once when the client goes before headers', async ({ start }) => {
      const app = await start({ controllers, options: { interceptor } });
      const connection = await app.raw('GET /kinds/hangs HTTP/1.1\r\nHost: a\r\n\r\n');
      await app.expectSample('in_progress', {}, 1);
      connection.destroy();
      await expectOne(app, '499');
    });

    onBothPlatforms('is observed once when the client goes during the body', async ({ start }) => {
      const app = await start({ controllers, options: { interceptor } });
      const connection = await app.raw('GET /kinds/endless HTTP/1.1\r\nHost: a\r\n\r\n');
      await connection.until('data: first');
      await app.expectSample('in_progress', {}, 1);
      connection.destroy();
      await expectOne(app, '200');
    });
  },
);

describe('guards', () => {
  onBothPlatforms('still reject what is decorated', async ({ start }) => {
    @Controller('forbidden')
    class ForbiddenController {
      @Get()
      @Counter('calls', 'Calls')
      handle(): string {
        throw new ForbiddenException();
      }
    }
    const app = await start({ controllers: [ForbiddenController] });
    expect((await app.get('/forbidden')).status).toBe(403);
    await app.expectSample('calls_total', {}, 1);
  });
});
