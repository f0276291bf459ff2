import {
  BadGatewayException,
  Controller,
  Get,
  Header,
  Injectable,
  InternalServerErrorException,
  NotFoundException,
  Param,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type CanActivate,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { throwError, type Observable } from 'rxjs';
import { onBothPlatforms } from '../../support/harness.js';
import { answering, DomainError, ReportingFilter, Reports } from '../support/filters.js';
import { expectRequests } from '../support/recorded.js';

class BrokenGuard implements CanActivate {
  canActivate(): boolean {
    throw new DomainError('guard');
  }
}

class BrokenPipe implements PipeTransform {
  transform(): never {
    throw new DomainError('pipe');
  }
}

class BrokenInterceptor implements NestInterceptor {
  async intercept(): Promise<never> {
    return Promise.reject(new DomainError('interceptor'));
  }
}

/** Throws when the handler is done. */
class LateInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, _next: CallHandler): Observable<never> {
    return throwError(() => new DomainError('late'));
  }
}

@Controller()
class ThrowingController {
  @Get('sync')
  sync(): never {
    throw new DomainError('sync');
  }

  @Get('async')
  async async(): Promise<never> {
    return Promise.reject(new DomainError('async'));
  }

  @Get('observable')
  observable(): Observable<never> {
    return throwError(() => new DomainError('observable'));
  }

  @Get('text')
  text(): never {
    throw 'text';
  }

  @Get('nothing')
  nothing(): never {
    throw undefined;
  }

  @Get('object')
  object(): never {
    throw { statusCode: 503, message: 'an object that looks like an HTTP error' };
  }

  @Get('teapot')
  teapot(): never {
    throw { statusCode: 418, message: 'one below 500' };
  }

  @Get('guard')
  @UseGuards(BrokenGuard)
  guard(): void {
    // Never called.
  }

  @Get('pipe/:id')
  pipe(@Param('id', BrokenPipe) id: string): string {
    return id;
  }

  @Get('interceptor')
  @UseInterceptors(BrokenInterceptor)
  interceptor(): void {
    // Never called.
  }

  @Get('late')
  @UseInterceptors(LateInterceptor)
  late(): void {
    // Never called.
  }

  @Get('unserializable')
  @Header('content-type', 'application/json')
  unserializable(): unknown {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    return circular;
  }

  @Get('http/404')
  notFound(): never {
    throw new NotFoundException();
  }

  @Get('http/500')
  internal(): never {
    throw new InternalServerErrorException();
  }

  @Get('http/502')
  badGateway(): never {
    throw new BadGatewayException('upstream', { cause: new DomainError('cause') });
  }
}

const THROWING =
  'sync async observable text nothing guard pipe/1 interceptor late unserializable'.split(' ');

function each(paths: readonly string[], status: number): Record<string, number> {
  return Object.fromEntries(paths.map((path) => [`GET /${path} ${status}`, 1]));
}

describe('exceptions', () => {
  onBothPlatforms('wherever they are thrown, and whatever is thrown', async ({ start }) => {
    const app = await start({ controllers: [ThrowingController] });
    for (const path of [...THROWING, 'object', 'teapot']) await app.get(`/${path}`);
    await expectRequests(
      app,
      { ...each(THROWING, 500), 'GET /object 503': 1, 'GET /teapot 418': 1 },
      { 'GET 500': THROWING.length, 'GET 503': 1 },
    );
  });

  onBothPlatforms('an HttpException is none, not even one of 5xx', async ({ start }) => {
    const app = await start({ controllers: [ThrowingController] });
    for (const status of [404, 500, 502]) await app.get(`/http/${status}`);
    await expectRequests(app, {
      'GET /http/404 404': 1,
      'GET /http/500 500': 1,
      'GET /http/502 502': 1,
    });
  });

  onBothPlatforms('an error that a global filter turns into a 4xx is none', async ({ start }) => {
    const app = await start({
      controllers: [ThrowingController],
      configure: (nest) => nest.useGlobalFilters(answering(409, DomainError)),
    });
    await app.get('/sync');
    await app.get('/guard');
    await app.get('/text');
    await expectRequests(
      app,
      { 'GET /sync 409': 1, 'GET /guard 409': 1, 'GET /text 500': 1 },
      { 'GET 500': 1 },
    );
  });

  onBothPlatforms('an HttpException that a filter answers with 500 is none', async ({ start }) => {
    const app = await start({
      controllers: [ThrowingController],
      configure: (nest) => nest.useGlobalFilters(answering(500)),
    });
    await app.get('/http/404');
    await app.get('/nowhere');
    await expectRequests(app, { 'GET /http/404 500': 1, 'GET /nowhere 500': 1 });
  });

  onBothPlatforms('a filter of useGlobalFilters that reports hides none', async ({ start }) => {
    const reports = new Reports();
    const app = await start({
      controllers: [ThrowingController],
      configure: (nest) =>
        nest.useGlobalFilters(
          new ReportingFilter({ httpAdapter: nest.getHttpAdapter() } as never, reports),
        ),
    });
    for (const path of THROWING) expect((await app.get(`/${path}`)).status).toBe(500);
    await expectRequests(app, each(THROWING, 500), { 'GET 500': THROWING.length });
    expect(reports.received).toHaveLength(THROWING.length);
  });

  onBothPlatforms('nor does one of APP_FILTER', async ({ start }) => {
    const app = await start({
      controllers: [ThrowingController],
      providers: [Reports, { provide: APP_FILTER, useClass: ReportingFilter }],
    });
    for (const path of THROWING) {
      expect(JSON.parse((await app.get(`/${path}`)).body)).toEqual({ reported: true });
    }
    await expectRequests(app, each(THROWING, 500), { 'GET 500': THROWING.length });
    expect(app.provider(Reports).received).toHaveLength(THROWING.length);
  });

  onBothPlatforms('the last filter that is registered takes them, as ever', async ({ start }) => {
    const app = await start({
      controllers: [ThrowingController],
      configure: (nest) =>
        nest.useGlobalFilters(answering(500), answering(501, DomainError), answering(409, String)),
    });
    await app.get('/sync');
    await app.get('/text');
    await expectRequests(
      app,
      { 'GET /sync 501': 1, 'GET /text 500': 1 },
      { 'GET 501': 1, 'GET 500': 1 },
    );
  });

  onBothPlatforms('a filter that throws is an exception of its own', async ({ start }) => {
    @Injectable()
    class BrokenFilter extends ReportingFilter {
      override catch(): void {
        throw new Error('the filter is broken');
      }
    }
    @Controller()
    @UseFilters(BrokenFilter)
    class FilteredController {
      @Get('broken')
      broken(): never {
        throw new NotFoundException();
      }
    }
    const app = await start({ controllers: [FilteredController], providers: [Reports] });
    await app.get('/broken');
    await expectRequests(app, { 'GET /broken 500': 1 }, { 'GET 500': 1 });
  });

  onBothPlatforms('without filters, the answers and the log are those of Nest', async (test) => {
    const answers = async (prometheus?: false): Promise<string[]> => {
      const app = await test.start({
        controllers: [ThrowingController],
        ...(prometheus === false && { prometheus }),
      });
      const bodies = [];
      for (const path of [...THROWING, 'object', 'http/404', 'http/502', 'nowhere']) {
        const { status, body, headers } = await app.get(`/${path}`);
        bodies.push(`${status} ${headers.get('content-type')} ${body}`);
      }
      return bodies;
    };
    const measured = await answers();
    const logged = test.logs.errors.length;
    expect(measured).toEqual(await answers(false));
    expect(test.logs.errors).toHaveLength(2 * logged);
  });
});
