import {
  Controller,
  Get,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { PrometheusService } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

@Injectable()
class Keys {
  readonly key = 'secret';
}

@Injectable()
class KeyGuard implements CanActivate {
  constructor(private readonly keys: Keys) {}

  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest().headers['x-key'] === this.keys.key;
  }
}

@Controller()
class CatchAllController {
  @Get(':slug')
  slug(): string {
    return 'slug';
  }
}

const no = { canActivate: (): boolean => false };
const withKey = { headers: { 'x-key': 'secret' } };
const providers = [Keys, KeyGuard];

describe('registerEndpoint()', () => {
  onBothPlatforms('serves another path while the application listens', async ({ start }) => {
    const app = await start({ controllers: [CatchAllController] });
    expect((await app.get('/more')).body).toBe('slug');
    app.service.registerEndpoint('/more');
    expect(
      (await app.scrape({ path: '/more' })).value('nestjs_exporter_info', { version: '0.1.0' }),
    ).toBe(1);
    expect(
      (await app.scrape({ path: '/more', names: ['nestjs_exporter_info'] })).samples,
    ).toHaveLength(1);
    expect((await app.request('HEAD', '/more')).status).toBe(200);
    expect((await app.get('/metrics')).status).toBe(200);
    await app.expectSum('nestjs_http_request_total', {}, 1);
  });

  onBothPlatforms('serves a path given before the application listens', async ({ start }) => {
    const app = await start({
      options: { path: null },
      configure: (nest) => nest.get(PrometheusService, { strict: false }).registerEndpoint('more/'),
    });
    expect((await app.get('/metrics')).status).toBe(404);
    await app.scrape({ path: '/more' });
    await app.expectSum('nestjs_http_request_total', {}, 1);
  });

  onBothPlatforms('takes the guards of the module, or its own', async ({ start }) => {
    const app = await start({ providers, options: { guards: [no] } });
    app.service.registerEndpoint('/inherited');
    await app.service.registerEndpoint('/own', { guards: [KeyGuard] });
    await app.service.registerEndpoint('/open', { guards: [] });
    expect((await app.get('/metrics')).status).toBe(403);
    expect((await app.get('/inherited')).status).toBe(403);
    expect((await app.get('/own')).status).toBe(403);
    expect((await app.get('/own', withKey)).status).toBe(200);
    expect((await app.get('/open')).status).toBe(200);
  });

  onBothPlatforms('leaves other methods to the application', async ({ start }) => {
    const app = await start();
    app.service.registerEndpoint('/more');
    expect((await app.request('POST', '/more')).status).toBe(404);
    await app.expectSample('nestjs_http_request_total', { method: 'POST', status: '404' }, 1);
  });

  onBothPlatforms('stays where it is under a prefix', async ({ start }) => {
    const app = await start({ configure: (nest) => nest.setGlobalPrefix('api') });
    app.service.registerEndpoint('/more');
    expect((await app.get('/more')).status).toBe(200);
    expect((await app.get('/api/more')).status).toBe(404);
  });

  onBothPlatforms('rejects what is no path, and a guard that is none', async ({ start }) => {
    const { service } = await start();
    expect(() => service.registerEndpoint('/a/:id')).toThrow(/`path`/);
    expect(() => service.registerEndpoint('/metrics')).toThrow(/already/);
    expect(() => service.registerEndpoint('/b', { guards: [{} as CanActivate] })).toThrow(/guards/);
  });
});
