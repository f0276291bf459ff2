import {
  BadRequestException,
  Body,
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Param,
  ParseIntPipe,
  Post,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  type CanActivate,
  type NestInterceptor,
} from '@nestjs/common';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import { expectRequests } from '../support/recorded.js';

const JSON_TYPE = { 'content-type': 'application/json' };

@Injectable()
class ClosedGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class LoginGuard implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException();
  }
}

class RefusingInterceptor implements NestInterceptor {
  intercept(): never {
    throw new ForbiddenException();
  }
}

@Controller('cats')
class CatsController {
  @Get('closed')
  @UseGuards(ClosedGuard)
  closed(): string {
    return 'never';
  }

  @Get('login')
  @UseGuards(new LoginGuard())
  login(): string {
    return 'never';
  }

  @Get('refused')
  @UseInterceptors(RefusingInterceptor)
  refused(): string {
    return 'never';
  }

  @Get('bad')
  bad(): never {
    throw new BadRequestException();
  }

  @Get(':id')
  byId(@Param('id', ParseIntPipe) id: number): object {
    return { id };
  }

  @Post()
  create(@Body() cat: unknown): unknown {
    return cat;
  }
}

describe('a request that does not reach its handler', () => {
  onBothPlatforms('is counted with the status of the rejection', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    for (const name of ['closed', 'login', 'refused', 'bad', 'abc', '1']) {
      await app.get(`/cats/${name}`);
    }
    await expectRequests(app, {
      'GET /cats/closed 403': 1,
      'GET /cats/login 401': 1,
      'GET /cats/refused 403': 1,
      'GET /cats/bad 400': 1,
      'GET /cats/abc 400': 1,
      'GET /cats/1 200': 1,
    });
  });

  onBothPlatforms('an unknown path is a 404, as is a method that no route has', async (test) => {
    const app = await test.start({ controllers: [CatsController] });
    await app.get('/');
    await app.get('/dogs/1?a=b');
    await app.request('DELETE', '/cats/1');
    await app.post('/dogs', { name: 'Rex' });
    await expectRequests(app, {
      'GET / 404': 1,
      'GET /dogs/1 404': 1,
      'DELETE /cats/1 404': 1,
      'POST /dogs 404': 1,
    });
  });

  onBothPlatforms('with a global prefix, inside and outside of it', async ({ start }) => {
    const app = await start({
      controllers: [CatsController],
      configure: (nest) => nest.setGlobalPrefix('api'),
    });
    for (const path of ['/api/cats/1', '/api/dogs', '/api', '/cats/1', '/', '/apiary']) {
      await app.get(path);
    }
    await expectRequests(app, {
      'GET /api/cats/1 200': 1,
      'GET /api/dogs 404': 1,
      'GET /api 404': 1,
      'GET /cats/1 404': 1,
      'GET / 404': 1,
      'GET /apiary 404': 1,
    });
  });

  onBothPlatforms(
    'grouped by route, a 404 is unmatched and a guard’s is not',
    async ({ start }) => {
      const app = await start({
        controllers: [CatsController],
        options: { groupBy: 'route' },
        configure: (nest) => nest.setGlobalPrefix('api'),
      });
      for (const path of ['/api/cats/closed', '/api/cats/x', '/api/dogs', '/cats/1']) {
        await app.get(path);
      }
      await expectRequests(app, {
        'GET /api/cats/closed 403': 1,
        'GET /api/cats/:id 400': 1,
        'GET unmatched 404': 2,
      });
    },
  );
});

@Controller('users')
class UsersController {
  @Get(':id/profile')
  profile(@Param('id') id: string): object {
    return { id };
  }
}

onBothPlatforms(
  'a parameter that is empty matches no route, unless the framework says so',
  async ({ start }) => {
    const app = await start({ controllers: [UsersController], options: { groupBy: 'route' } });
    await app.get('/users/1/profile');
    // Fastify up to 5.3 takes it.
    const isRoute = (await app.get('/users//profile')).status === 200;
    await expectRequests(
      app,
      isRoute
        ? { 'GET /users/:id/profile 200': 2 }
        : { 'GET /users/:id/profile 200': 1, 'GET unmatched 404': 1 },
    );
  },
);

describe('a body that cannot be read', () => {
  onBothPlatforms('malformed JSON is a 400 and no exception', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    await app.request('POST', '/cats', { headers: JSON_TYPE, body: '{"name":' });
    await app.request('POST', '/nowhere', { headers: JSON_TYPE, body: '{' });
    await expectRequests(app, { 'POST /cats 400': 1, 'POST /nowhere 400': 1 });
  });

  onPlatform('express', 'a body that is too large is a 413', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    await app.post('/cats', { name: 'x'.repeat(200_000) });
    await expectRequests(app, { 'POST /cats 413': 1 });
  });

  onPlatform('fastify', 'a body that is too large is a 413', async ({ start }) => {
    const app = await start({ controllers: [CatsController], fastify: { bodyLimit: 1000 } });
    await app.post('/cats', { name: 'x'.repeat(2000) });
    await expectRequests(app, { 'POST /cats 413': 1 });
  });

  onPlatform('fastify', 'an unsupported media type is a 415', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    const headers = { 'content-type': 'application/x-unknown' };
    await app.request('POST', '/cats', { headers, body: 'a' });
    await expectRequests(app, { 'POST /cats 415': 1 });
  });

  onPlatform('express', 'an unsupported charset is a 415', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    const headers = { 'content-type': 'application/json; charset=x-unknown' };
    await app.request('POST', '/cats', { headers, body: '{}' });
    await expectRequests(app, { 'POST /cats 415': 1 });
  });
});
