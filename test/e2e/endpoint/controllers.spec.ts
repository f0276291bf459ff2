import {
  Controller,
  Get,
  Header,
  Inject,
  Injectable,
  Module,
  Optional,
  Post,
  UseInterceptors,
  VersioningType,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { of, tap, type Observable } from 'rxjs';
import {
  MetricsController,
  PrometheusConfigError,
  PrometheusModule,
  PrometheusService,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

type Index = Parameters<MetricsController['index']>;

/** What a controller of an application's own was called with. */
let calls: string[] = [];

@Controller()
class PlainController extends MetricsController {
  override async index(request: Index[0], response: Index[1]): Promise<unknown> {
    calls.push('index');
    return super.index(request, response);
  }
}

@Controller()
class DecoratedController extends MetricsController {
  @Get()
  override async index(request: Index[0], response: Index[1]): Promise<unknown> {
    calls.push('index');
    return super.index(request, response);
  }
}

const VERSIONING = [
  undefined,
  { type: VersioningType.URI, defaultVersion: '1' },
  { type: VersioningType.HEADER, header: 'x-version', defaultVersion: '1' },
  { type: VersioningType.MEDIA_TYPE, key: 'v=', defaultVersion: '1' },
] as const;

describe('a controller that overrides `index`', () => {
  beforeEach(() => {
    calls = [];
  });

  for (const controller of [PlainController, DecoratedController]) {
    onBothPlatforms(`serves the endpoint: ${controller.name}`, async ({ start }) => {
      const app = await start({ options: { controller } });
      await app.scrape();
      expect((await app.request('HEAD', '/metrics')).status).toBe(200);
      app.service.registerEndpoint('/more');
      await app.scrape({ path: '/more' });
      expect(calls).toEqual(['index', 'index', 'index']);
      await app.expectSum('nestjs_http_request_total', {}, 0);
    });

    onBothPlatforms(`stays where it is with versions: ${controller.name}`, async ({ start }) => {
      for (const versioning of VERSIONING) {
        const app = await start({
          options: { controller },
          configure: (nest) => {
            nest.setGlobalPrefix('api');
            if (versioning !== undefined) nest.enableVersioning(versioning);
          },
        });
        await app.scrape();
      }
    });

    onBothPlatforms(`keeps the guards of the options: ${controller.name}`, async ({ start }) => {
      const app = await start({ options: { controller, guards: [{ canActivate: () => false }] } });
      expect((await app.get('/metrics')).status).toBe(403);
      expect(calls).toEqual([]);
    });
  }

  onBothPlatforms('has interceptors around it', async ({ start }) => {
    const noting: NestInterceptor = {
      intercept: (_, next) => next.handle().pipe(tap(() => calls.push('after'))),
    };

    @UseInterceptors(noting)
    @Controller()
    class InterceptedController extends PlainController {}

    const app = await start({ options: { controller: InterceptedController } });
    await app.scrape();
    await app.eventually(() => expect(calls).toEqual(['index', 'after']));
  });

  onBothPlatforms('can give its response back, to a cache say', async ({ start }) => {
    let cached: unknown;
    const cache: NestInterceptor = {
      intercept: (_: ExecutionContext, next: CallHandler): Observable<unknown> =>
        cached === undefined ? next.handle().pipe(tap((body) => (cached = body))) : of(cached),
    };

    @UseInterceptors(cache)
    @Controller()
    class CachedController extends MetricsController {
      @Inject(PrometheusService) private readonly prometheus!: PrometheusService;

      @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
      override async index(): Promise<unknown> {
        return (await this.prometheus.generateMetrics()).body;
      }
    }

    const app = await start({ options: { controller: CachedController } });
    const first = await app.scrape();
    await app.get('/nowhere');
    expect((await app.scrape()).body).toBe(first.body);
  });
});

@Injectable()
class Tenants {
  readonly names = ['a'];
}

@Module({ providers: [Tenants], exports: [Tenants] })
class TenantsModule {}

@Module({ imports: [TenantsModule], exports: [TenantsModule] })
class SharedModule {}

@Controller()
class TenantsController extends MetricsController {
  constructor(
    private readonly tenants: Tenants,
    @Optional() @Inject('absent') readonly absent: unknown,
  ) {
    super();
  }

  @Get('tenants')
  list(): string {
    return this.tenants.names.join();
  }
}

async function startFailure(start: () => Promise<unknown>): Promise<string> {
  try {
    await start();
  } catch (error) {
    if (error instanceof PrometheusConfigError) return error.message;
    throw error;
  }
  return 'started';
}

describe('a controller with dependencies', () => {
  onBothPlatforms('is given what imported modules export', async ({ start }) => {
    for (const module of [TenantsModule, SharedModule]) {
      const app = await start({
        prometheus: (options) =>
          PrometheusModule.forRootAsync({
            imports: [module],
            useFactory: () => options,
            controller: TenantsController,
          }),
      });
      await app.scrape();
      expect((await app.get('/metrics/tenants')).body).toBe('a');
    }
  });

  onBothPlatforms('fails the start by name, with what to do', async ({ start }) => {
    const message = await startFailure(() =>
      start({ imports: [TenantsModule], options: { controller: TenantsController } }),
    );
    expect(message).toContain('`controller`');
    expect(message).toContain('exports Tenants in `imports` of forRootAsync()');
  });
});

describe('a controller whose `index` would be served elsewhere', () => {
  @Controller()
  class MovedController extends MetricsController {
    @Get('elsewhere')
    override async index(): Promise<unknown> {
      return '';
    }
  }

  @Controller()
  class PostController extends MetricsController {
    @Post()
    override async index(): Promise<unknown> {
      return '';
    }
  }

  const controllers: readonly Type<unknown>[] = [MovedController, PostController];
  for (const controller of controllers) {
    onBothPlatforms(`fails the start: ${controller.name}`, async ({ start }) => {
      const message = await startFailure(() => start({ options: { controller } }));
      expect(message).toMatch(/`controller` expects .*`@Get\(\)` without a path/);
    });
  }
});
