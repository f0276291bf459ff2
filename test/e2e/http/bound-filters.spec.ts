import {
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  UseFilters,
  UseGuards,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { onBothPlatforms } from '../../support/harness.js';
import {
  answering,
  DomainError,
  ReportingFilter,
  Reports,
  RequestScopedFilter,
} from '../support/filters.js';
import { expectRequests } from '../support/recorded.js';

class BrokenGuard implements CanActivate {
  canActivate(): boolean {
    throw new DomainError('guard');
  }
}

const shared = answering(500, DomainError);
const frozen = Object.freeze(answering(500, DomainError));

@Controller('methods')
class MethodsController {
  @Get('by-class')
  @UseFilters(ReportingFilter)
  byClass(): never {
    throw new DomainError();
  }

  @Get('by-instance')
  @UseFilters(shared)
  byInstance(): never {
    throw new DomainError();
  }

  @Get('guarded')
  @UseGuards(BrokenGuard)
  @UseFilters(shared)
  guarded(): void {
    // Never called.
  }

  @Get('mapped')
  @UseFilters(answering(409, DomainError))
  mapped(): never {
    throw new DomainError();
  }

  @Get('http')
  @UseFilters(answering(500))
  http(): never {
    throw new ForbiddenException();
  }

  @Get('request-scoped')
  @UseFilters(RequestScopedFilter)
  requestScoped(): never {
    throw new DomainError();
  }

  @Get('frozen')
  @UseFilters(frozen)
  frozen(): never {
    throw new DomainError();
  }

  @Get('free')
  free(): string {
    return 'free';
  }
}

@UseFilters(ReportingFilter)
class BaseController {
  @Get('inherited')
  inherited(): never {
    throw new DomainError();
  }
}

@Controller('one')
class OneController extends BaseController {}

@Controller('two')
class TwoController extends BaseController {
  @Get('own')
  own(): never {
    throw new DomainError();
  }
}

/** Keeps its `catch` as a field, as arrow functions that bind `this` are. */
@Injectable()
class FieldFilter implements ExceptionFilter {
  readonly #status = 503;
  catch = (_exception: unknown, host: ArgumentsHost): void => {
    const response = host.switchToHttp().getResponse<{
      status(code: number): { send(body: unknown): unknown };
    }>();
    response.status(this.#status).send('field');
  };
}

@Controller('field')
@UseFilters(FieldFilter)
class FieldController {
  @Get()
  field(): never {
    throw new DomainError();
  }
}

@Module({ controllers: [OneController], providers: [Reports] })
class OneModule {}

describe('filters bound by @UseFilters()', () => {
  onBothPlatforms('on methods hide no exception', async ({ start }) => {
    const app = await start({ controllers: [MethodsController], providers: [Reports] });
    for (const name of ['by-class', 'by-instance', 'guarded', 'mapped', 'http', 'free']) {
      await app.get(`/methods/${name}`);
    }
    await expectRequests(
      app,
      {
        'GET /methods/by-class 500': 1,
        'GET /methods/by-instance 500': 1,
        'GET /methods/guarded 500': 1,
        'GET /methods/mapped 409': 1,
        'GET /methods/http 500': 1,
        'GET /methods/free 200': 1,
      },
      { 'GET 500': 3 },
    );
    expect(app.provider(Reports).received).toEqual([expect.any(DomainError)]);
  });

  onBothPlatforms('of request scope hide none either', async ({ start }) => {
    const app = await start({ controllers: [MethodsController], providers: [Reports] });
    for (let i = 0; i < 3; i++) await app.get('/methods/request-scoped');
    await expectRequests(app, { 'GET /methods/request-scoped 500': 3 }, { 'GET 500': 3 });
    expect(app.provider(Reports).received).toHaveLength(3);
  });

  onBothPlatforms('on controllers, inherited and in other modules', async ({ start }) => {
    const app = await start({
      imports: [OneModule],
      controllers: [TwoController, FieldController],
      providers: [Reports],
    });
    for (const path of ['/one/inherited', '/two/inherited', '/two/own', '/field']) {
      await app.get(path);
    }
    await expectRequests(
      app,
      {
        'GET /one/inherited 500': 1,
        'GET /two/inherited 500': 1,
        'GET /two/own 500': 1,
        'GET /field 503': 1,
      },
      { 'GET 500': 3, 'GET 503': 1 },
    );
  });

  onBothPlatforms('in two applications at once, and one after the other', async ({ start }) => {
    const options = { controllers: [MethodsController], providers: [Reports] };
    const [first, second] = [await start(options), await start(options)];
    await first.get('/methods/by-instance');
    await first.get('/methods/by-class');
    await second.get('/methods/by-instance');
    await expectRequests(
      first,
      { 'GET /methods/by-instance 500': 1, 'GET /methods/by-class 500': 1 },
      { 'GET 500': 2 },
    );
    await first.nest.close();
    const third = await start(options);
    await third.get('/methods/by-instance');
    for (const app of [second, third]) {
      await expectRequests(app, { 'GET /methods/by-instance 500': 1 }, { 'GET 500': 1 });
    }
  });

  onBothPlatforms('a filter that cannot be changed does its work', async ({ start }) => {
    const app = await start({ controllers: [MethodsController], providers: [Reports] });
    expect((await app.get('/methods/frozen')).body).toBe('{"status":500}');
    await expectRequests(app, { 'GET /methods/frozen 500': 1 });
  });

  onBothPlatforms('work without the module as with it', async ({ start }) => {
    const options = { controllers: [MethodsController], providers: [Reports] };
    const measured = await start(options);
    const bare = await start({ ...options, prometheus: false });
    for (const name of ['by-class', 'by-instance', 'mapped', 'http', 'request-scoped', 'free']) {
      const { status, body } = await measured.get(`/methods/${name}`);
      expect(await bare.get(`/methods/${name}`)).toMatchObject({ status, body });
    }
  });
});

describe('a global filter of request scope', () => {
  onBothPlatforms('hides no exception', async ({ start }) => {
    const app = await start({
      controllers: [FieldController, ScopedController],
      providers: [Reports, { provide: APP_FILTER, useClass: RequestScopedFilter }],
    });
    for (let i = 0; i < 3; i++) await app.get('/scoped');
    await expectRequests(app, { 'GET /scoped 500': 3 }, { 'GET 500': 3 });
    expect(app.provider(Reports).received).toHaveLength(3);
  });
});

@Controller('scoped')
class ScopedController {
  @Get()
  scoped(): never {
    throw new DomainError();
  }
}
