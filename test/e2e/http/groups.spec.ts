import {
  All,
  Controller,
  Get,
  Injectable,
  Param,
  Post,
  RequestMethod,
  UseGuards,
  Version,
  VersioningType,
  type CanActivate,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import { spelled } from '../../support/path-syntax.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_http_request_duration_seconds_count';
const TOTAL = 'nestjs_http_request_total';

@Controller('users')
class UsersController {
  @Get()
  list(): string[] {
    return [];
  }

  @Get(':id')
  one(@Param('id') id: string): string {
    return id;
  }

  @Get(':id/orders/:order')
  order(): string {
    return 'order';
  }

  @Post(['new', 'fresh'])
  create(): string {
    return 'made';
  }
}

@Controller(['first', 'second'])
class TwoPathsController {
  @Get(['a', 'b'])
  both(): string {
    return 'both';
  }
}

@Controller('files')
class FilesController {
  @Get('*')
  file(): string {
    return 'file';
  }

  @All('any/*')
  any(): string {
    return 'any';
  }
}

abstract class ReadController {
  @Get(':id')
  read(): string {
    return 'read';
  }
}

@Controller('cats')
class CatsController extends ReadController {}

@Controller('dogs')
class DogsController extends ReadController {}

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Controller('closed')
@UseGuards(NobodyGuard)
class ClosedController {
  @Get(':door')
  open(): void {}
}

/** Values of the group's label with the number of requests under each. */
async function groups(app: TestApp, label: string): Promise<Record<string, number>> {
  await app.settled();
  const values: Record<string, number> = {};
  for (const { labels, value } of await app.samples(DURATION)) {
    const group = labels[label];
    if (group === undefined) throw new Error(`no label ${label}: ${JSON.stringify(labels)}`);
    values[group] = (values[group] ?? 0) + value;
  }
  await app.expectSum(TOTAL, {}, await app.sum(DURATION));
  return values;
}

async function getAll(app: TestApp, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) await app.get(path);
}

describe('groupBy', () => {
  onBothPlatforms('path: the path as it was sent, without the query string', async ({ start }) => {
    const app = await start({ controllers: [UsersController] });
    await getAll(app, '/users/1?a=1', '/users/1?a=2', '/users/2', '/users/', '/no%20where?', '//x');
    expect(await groups(app, 'path')).toEqual({
      '/users/1': 2,
      '/users/2': 1,
      '/users/': 1,
      '/no%20where': 1,
      '//x': 1,
    });
  });

  onBothPlatforms('route: templates, arrays of paths, and unmatched', async ({ start }) => {
    const app = await start({
      controllers: [UsersController, TwoPathsController],
      options: { groupBy: 'route' },
    });
    await getAll(app, '/users', '/users/1', '/users/2', '/users/1/orders/2', '/nowhere', '/');
    await getAll(app, '/first/a', '/second/b');
    await app.post('/users/fresh', {});
    await app.post('/users', {});
    expect(await groups(app, 'route')).toEqual({
      '/users': 1,
      '/users/:id': 2,
      '/users/:id/orders/:order': 1,
      '/users/fresh': 1,
      '/first/a': 1,
      '/second/b': 1,
      unmatched: 3,
    });
  });

  onBothPlatforms('route: with a global prefix and its exclusions', async ({ start }) => {
    const app = await start({
      controllers: [UsersController, TwoPathsController],
      options: { groupBy: 'route' },
      configure: (nest) =>
        nest.setGlobalPrefix('api', { exclude: [{ path: 'first/a', method: RequestMethod.GET }] }),
    });
    await getAll(app, '/api/users/1', '/first/a', '/api/second/b', '/users/1', '/api/nowhere');
    expect(await groups(app, 'route')).toEqual({
      '/api/users/:id': 1,
      '/first/a': 1,
      '/api/second/b': 1,
      unmatched: 2,
    });
  });

  onBothPlatforms('route: URI versions', async ({ start }) => {
    @Controller({ path: 'things', version: ['1', '2'] })
    class ThingsController {
      @Get(':id')
      one(): string {
        return 'one';
      }

      @Version('3')
      @Get(':id')
      three(): string {
        return 'three';
      }
    }
    const app = await start({
      controllers: [ThingsController],
      options: { groupBy: 'route' },
      configure: (nest) => {
        nest.setGlobalPrefix('api');
        nest.enableVersioning({ type: VersioningType.URI });
      },
    });
    await getAll(app, '/api/v1/things/1', '/api/v2/things/1', '/api/v3/things/1', '/api/v4/things');
    expect(await groups(app, 'route')).toEqual({
      '/api/v1/things/:id': 1,
      '/api/v2/things/:id': 1,
      '/api/v3/things/:id': 1,
      unmatched: 1,
    });
  });

  onBothPlatforms('header versions: one route, the handler that answered', async ({ start }) => {
    @Controller('things')
    class ThingsController {
      @Version('1')
      @Get(':id')
      one(): string {
        return 'one';
      }

      @Version('2')
      @Get(':id')
      two(): string {
        return 'two';
      }
    }
    const configure = { type: VersioningType.HEADER, header: 'x-version' } as const;
    const started = (groupBy: string): Promise<TestApp> =>
      start({
        controllers: [ThingsController],
        options: { groupBy },
        configure: (nest) => nest.enableVersioning(configure),
      });
    const [route, endpoint] = [await started('route'), await started('endpoint')];
    for (const app of [route, endpoint]) {
      for (const version of ['1', '2', '2', '9']) {
        await app.get('/things/1', { headers: { 'x-version': version } });
      }
    }
    expect(await groups(route, 'route')).toEqual({ '/things/:id': 3, unmatched: 1 });
    expect(await groups(endpoint, 'endpoint')).toEqual({
      'ThingsController.one': 1,
      'ThingsController.two': 2,
      unmatched: 1,
    });
  });

  onBothPlatforms('route: modules placed by RouterModule, nested', async ({ start }) => {
    class InnerModule {}
    class OuterModule {}
    const app = await start({
      imports: [
        { module: InnerModule, controllers: [UsersController] },
        { module: OuterModule, controllers: [TwoPathsController] },
        RouterModule.register([
          {
            path: 'admin/:tenant',
            module: OuterModule,
            children: [{ path: 'inner', module: InnerModule }],
          },
        ]),
      ],
      options: { groupBy: 'route' },
    });
    await getAll(app, '/admin/x/first/a', '/admin/x/inner/users/1', '/admin/inner/users');
    expect(await groups(app, 'route')).toEqual({
      '/admin/:tenant/first/a': 1,
      '/admin/:tenant/inner/users/:id': 1,
      unmatched: 1,
    });
  });

  onBothPlatforms('route: wildcards are spelled the same on both platforms', async ({ start }) => {
    const app = await start({
      controllers: [FilesController],
      options: { groupBy: 'route' },
    });
    await getAll(app, '/files/a', '/files/a/b.txt');
    await app.request('PUT', '/files/any/where');
    expect(await groups(app, 'route')).toEqual({ '/files/*': 2, '/files/any/*': 1 });
  });

  onBothPlatforms('route: a catch-all, which the endpoint precedes', async ({ start }) => {
    @Controller()
    class CatchAllController {
      @Get('*')
      all(): string {
        return 'all';
      }
    }
    const app = await start({ controllers: [CatchAllController], options: { groupBy: 'route' } });
    await getAll(app, '/', '/x', '/x/y');
    expect((await app.scrape()).format).toBe('text');
    expect(await groups(app, 'route')).toEqual({ '/*': 3 });
  });

  onPlatform('express', 'route: wildcards with a name', async ({ start }) => {
    @Controller('docs')
    class DocsController {
      @Get('a/*page')
      named(): string {
        return 'named';
      }

      @Get('b/{*page}')
      optional(): string {
        return 'optional';
      }

      @Get('c{/*page}')
      withSlash(): string {
        return 'with slash';
      }
    }
    const app = await start({ controllers: [DocsController], options: { groupBy: 'route' } });
    await getAll(app, '/docs/a/1', '/docs/b/', '/docs/b/1/2', '/docs/c', '/docs/c/1');
    expect(await groups(app, 'route')).toEqual({ '/docs/a/*': 1, '/docs/b/*': 2, '/docs/c/*': 2 });
  });

  onBothPlatforms(
    'route: an optional parameter, as the framework spells it',
    async ({ start, platform }) => {
      const template = platform === 'express' ? spelled('shelf{/:book}') : 'shelf/:book?';
      @Controller()
      class ShelfController {
        @Get(template)
        shelf(): string {
          return 'shelf';
        }
      }
      const app = await start({ controllers: [ShelfController], options: { groupBy: 'route' } });
      await getAll(app, '/shelf', '/shelf/1', '/shelf/2');
      const values = await groups(app, 'route');
      expect(Object.values(values)).toEqual([3]);
      expect(Object.keys(values)[0]).toMatch(/^\/shelf.*:book/);
    },
  );

  onBothPlatforms('route: a controller bound to a host', async ({ start }) => {
    @Controller({ path: 'tenant', host: ':name.example.com' })
    class HostController {
      @Get('home')
      home(): string {
        return 'home';
      }
    }
    const app = await start({ controllers: [HostController], options: { groupBy: 'route' } });
    const connection = await app.raw(
      'GET /tenant/home HTTP/1.1\r\nHost: a.example.com\r\nConnection: close\r\n\r\n',
    );
    expect(await connection.closed).toMatch(/^HTTP\/1.1 200/);
    expect(await groups(app, 'route')).toEqual({ '/tenant/home': 1 });
  });

  onBothPlatforms(
    'endpoint: class and handler, inherited ones by their class',
    async ({ start }) => {
      const app = await start({
        controllers: [UsersController, CatsController, DogsController, ClosedController],
        options: { groupBy: 'endpoint' },
      });
      await getAll(app, '/users', '/users/1', '/cats/1', '/dogs/1', '/dogs/2', '/closed/1', '/no');
      expect(await groups(app, 'endpoint')).toEqual({
        'UsersController.list': 1,
        'UsersController.one': 1,
        'CatsController.read': 1,
        'DogsController.read': 2,
        'ClosedController.open': 1,
        unmatched: 1,
      });
    },
  );

  onBothPlatforms('endpoint: a request that a global guard rejects', async ({ start }) => {
    const app = await start({
      controllers: [UsersController],
      options: { groupBy: 'endpoint' },
      configure: (nest) => nest.useGlobalGuards(new NobodyGuard()),
    });
    await getAll(app, '/users/1', '/nowhere');
    expect(await groups(app, 'endpoint')).toEqual({ 'UsersController.one': 1, unmatched: 1 });
  });
});
