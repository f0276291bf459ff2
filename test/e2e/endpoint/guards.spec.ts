import {
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { basicAuthGuard, bearerTokenGuard, MetricsController } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const basic = basicAuthGuard({ username: 'prometheus', password: 'sécret' });
const authorization = `Basic ${Buffer.from('prometheus:sécret').toString('base64')}`;

@Injectable()
class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest();
    if (headers['x-scraper'] !== 'yes') throw new ForbiddenException('not a scraper');
    return true;
  }
}

@Controller()
class AppController {
  @Get('open')
  open(): string {
    return 'open';
  }

  @Get('closed')
  @UseGuards(basic)
  closed(): string {
    return 'closed';
  }
}

@Controller()
@UseGuards(bearerTokenGuard('of-the-controller'))
class GuardedMetricsController extends MetricsController {}

describe('credential guards', () => {
  onBothPlatforms('guard the endpoint, and nothing else', async ({ start }) => {
    const app = await start({ controllers: [AppController], options: { guards: [basic] } });
    for (const headers of [{}, { authorization: 'Basic eA==' }, { authorization: 'Basic' }]) {
      const refused = await app.get('/metrics', { headers });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe(
        'Basic realm="metrics", charset="UTF-8"',
      );
      expect(refused.body).not.toContain('nestjs_');
    }
    expect((await app.scrape({ headers: { authorization } })).status).toBe(200);
    expect((await app.get('/open')).status).toBe(200);
  });

  onBothPlatforms('stand beside guards from DI; all have to agree', async ({ start }) => {
    const app = await start({ options: { guards: [basic, HeaderGuard] } });
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await app.get('/metrics', { headers })).status;
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ 'x-scraper': 'yes' })).toBe(401);
    expect(await statusOf({ authorization })).toBe(403);
    expect(await statusOf({ authorization, 'x-scraper': 'yes' })).toBe(200);
  });

  onBothPlatforms('guard an added path of their own', async ({ start }) => {
    const app = await start();
    await app.service.registerEndpoint('/internal', { guards: [bearerTokenGuard('t')] });
    expect((await app.get('/internal')).status).toBe(401);
    expect((await app.get('/internal', { headers: { authorization: 'Bearer t' } })).status).toBe(
      200,
    );
    expect((await app.get('/metrics')).status).toBe(200);
  });

  onBothPlatforms('work with @UseGuards(), on a handler and a controller', async ({ start }) => {
    const app = await start({
      controllers: [AppController],
      options: { controller: GuardedMetricsController },
    });
    expect((await app.get('/closed')).status).toBe(401);
    expect((await app.get('/closed', { headers: { authorization } })).body).toBe('closed');
    const refused = await app.get('/metrics', { headers: { authorization } });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="metrics"',
    ]);
    const bearer = { authorization: 'Bearer of-the-controller' };
    expect((await app.get('/metrics', { headers: bearer })).status).toBe(200);
  });

  onBothPlatforms('refuse before they count as a scrape', async ({ start }) => {
    const app = await start({ options: { guards: [basic], endpoint: { maxRequestsInFlight: 1 } } });
    const refused = await Promise.all(Array.from({ length: 20 }, () => app.get('/metrics')));
    expect(refused.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 401));
    const errors = 'nestjs_exporter_scrape_errors_total';
    expect((await app.scrape({ headers: { authorization } })).sum(errors)).toBe(0);
  });
});
