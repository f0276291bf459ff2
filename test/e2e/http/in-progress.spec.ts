import { Controller, Get, NotFoundException } from '@nestjs/common';
import { Subject, firstValueFrom } from 'rxjs';
import { Gauge } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';

const IN_PROGRESS = 'nestjs_http_requests_in_progress';

@Controller()
class WaitingController {
  readonly go = new Subject<void>();

  @Get(['waiting', 'quiet'])
  @Gauge('calls_in_progress', 'Calls in progress.')
  async waiting(): Promise<string> {
    await firstValueFrom(this.go);
    return 'done';
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException();
  }
}

describe('requests in progress', () => {
  onBothPlatforms('are those that have arrived and are not over', async ({ start }) => {
    const app = await start({ controllers: [WaitingController] });
    await app.expectSample(IN_PROGRESS, {}, 0);
    const answers = [app.get('/waiting'), app.get('/waiting')];
    await app.expectSample(IN_PROGRESS, {}, 2);
    for (const path of ['/missing', '/nowhere']) await app.get(path);
    await app.expectSample(IN_PROGRESS, {}, 2);
    app.provider(WaitingController).go.next();
    await Promise.all(answers);
    await app.expectSample(IN_PROGRESS, {}, 0);
  });

  onBothPlatforms('are fewer when clients go away', async ({ start }) => {
    const app = await start({ controllers: [WaitingController] });
    const connection = await app.raw(requestText('GET', '/waiting').repeat(3));
    await app.expectSample(IN_PROGRESS, {}, 3);
    connection.destroy();
    await app.expectSample(IN_PROGRESS, {}, 0);
    app.provider(WaitingController).go.next();
    await app.expectSample(IN_PROGRESS, {}, 0);
  });

  onBothPlatforms('are no scrapes and none of excluded paths', async ({ start }) => {
    const app = await start({
      controllers: [WaitingController],
      options: { excludedPaths: '/quiet', excludeUserDefaults: false },
    });
    expect((await app.scrape()).value(IN_PROGRESS, {})).toBe(0);
    const answer = app.get('/quiet');
    await app.expectSample('calls_in_progress', {}, 1);
    await app.expectSample(IN_PROGRESS, {}, 0);
    app.provider(WaitingController).go.next();
    await answer;
    await app.expectSample(IN_PROGRESS, {}, 0);
  });

  onBothPlatforms('of a late set of metrics are those from then on', async ({ start }) => {
    const app = await start({ controllers: [WaitingController] });
    const early = app.get('/waiting');
    await app.expectSample(IN_PROGRESS, {}, 1);
    app.service.exportDefaults({ prefix: 'late' });
    const late = app.get('/waiting');
    await app.expectSample(IN_PROGRESS, {}, 2);
    await app.expectSample('late_http_requests_in_progress', {}, 1);
    app.provider(WaitingController).go.next();
    await Promise.all([early, late]);
    await app.expectSample(IN_PROGRESS, {}, 0);
    await app.expectSample('late_http_requests_in_progress', {}, 0);
  });
});

describe('registry.resetMetrics()', () => {
  onBothPlatforms('leaves what is in progress as it is', async ({ start }) => {
    const app = await start({ controllers: [WaitingController] });
    const answer = app.get('/waiting');
    await app.expectSample(IN_PROGRESS, {}, 1);
    await app.expectSample('calls_in_progress', {}, 1);
    app.registry.resetMetrics();
    await app.expectSample(IN_PROGRESS, {}, 1);
    await app.expectSample('calls_in_progress', {}, 1);
    app.provider(WaitingController).go.next();
    await answer;
    await app.expectSample(IN_PROGRESS, {}, 0);
    await app.expectSample('calls_in_progress', {}, 0);
  });
});
