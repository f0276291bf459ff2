import { Controller, Get, UnauthorizedException, type MiddlewareConsumer } from '@nestjs/common';
import { onBothPlatforms, type StartOptions } from '../support/harness.js';
import { spelled } from '../support/path-syntax.js';

@Controller('excluded')
class ExcludedController {
  @Get()
  index(): string {
    return 'excluded';
  }
}

function refuse(): never {
  throw new UnauthorizedException();
}

const PREFIXES: Record<string, NonNullable<StartOptions['configure']>> = {
  'no prefix': () => undefined,
  'a prefix': (app) => app.setGlobalPrefix('api'),
  'a prefix with exclusions': (app) => app.setGlobalPrefix('api', { exclude: ['excluded'] }),
  'a prefix with options': (app) => app.setGlobalPrefix('api', {}),
};

const middleware = (consumer: MiddlewareConsumer): void => {
  consumer.apply(refuse).forRoutes(spelled('{*path}'));
};

describe('middleware for all routes runs for the endpoint', () => {
  for (const [name, configure] of Object.entries(PREFIXES)) {
    onBothPlatforms(`with ${name}`, async ({ start }) => {
      const app = await start({ controllers: [ExcludedController], middleware, configure });
      expect((await app.get('/metrics')).status).toBe(401);
      expect((await app.request('HEAD', '/metrics')).status).toBe(401);
      expect((await app.get('/api/excluded')).status).toBe(401);
    });
  }

  for (const [name, configure] of Object.entries(PREFIXES)) {
    onBothPlatforms(`once, with ${name}`, async ({ start }) => {
      const seen: string[] = [];
      const app = await start({
        controllers: [ExcludedController],
        configure,
        middleware: (consumer) => {
          consumer
            .apply(({ originalUrl }: { originalUrl: string }, _: unknown, next: () => void) => {
              seen.push(originalUrl);
              next();
            })
            .forRoutes(spelled('{*path}'));
        },
      });
      await app.scrape();
      expect(seen).toEqual(['/metrics']);
    });
  }

  onBothPlatforms('unless it is excluded', async ({ start }) => {
    const app = await start({
      configure: (nest) => nest.setGlobalPrefix('api'),
      middleware: (consumer) => {
        consumer.apply(refuse).exclude('metrics').forRoutes(spelled('{*path}'));
      },
    });
    expect((await app.get('/metrics')).status).toBe(200);
    expect((await app.get('/api/cats')).status).toBe(401);
  });

  onBothPlatforms('of a controller alone, not for the endpoint', async ({ start }) => {
    @Controller('metrics')
    class MetricsOfTheApplication {
      @Get()
      index(): string {
        return 'of the application';
      }
    }
    const app = await start({
      controllers: [MetricsOfTheApplication],
      configure: (nest) => nest.setGlobalPrefix('api'),
      middleware: (consumer) => {
        consumer.apply(refuse).forRoutes(MetricsOfTheApplication);
      },
    });
    expect((await app.get('/api/metrics')).status).toBe(401);
    expect((await app.get('/metrics')).status).toBe(200);
  });
});
