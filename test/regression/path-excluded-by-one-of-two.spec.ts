import { Controller, Get } from '@nestjs/common';
import { Registry } from 'prom-client';
import { onBothPlatforms } from '../support/harness.js';

@Controller()
class PathsController {
  @Get(['quiet', 'loud'])
  answer(): string {
    return 'answer';
  }
}

describe('two applications on one registry', () => {
  onBothPlatforms('each leave out what they exclude', async ({ start }) => {
    const registry = new Registry();
    const controllers = [PathsController];
    const excluding = await start({ controllers, options: { registry, excludedPaths: '/quiet' } });
    const other = await start({ controllers, options: { registry, path: '/prom' } });
    for (const path of ['/quiet', '/loud']) {
      await excluding.get(path);
      await other.get(path);
      await excluding.get(path);
    }
    const count = 'nestjs_http_request_duration_seconds_count';
    await other.expectSample(count, { method: 'GET', path: '/quiet', status: '200' }, 1);
    await other.expectSample(count, { method: 'GET', path: '/loud', status: '200' }, 3);
    await other.expectSample('nestjs_http_request_total', { method: 'GET', status: '200' }, 4);
  });
});
