import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  HttpCode,
  Sse,
  StreamableFile,
  UseGuards,
  type CanActivate,
  type MessageEvent,
} from '@nestjs/common';
import { of, type Observable } from 'rxjs';
import { Counter, Histogram } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';
import { expectRequests } from '../support/recorded.js';

class ClosedGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Controller()
@Counter('calls_total', 'Calls.')
@Histogram('call_seconds', 'Seconds.')
class AnswersController {
  @Sse('events')
  events(): Observable<MessageEvent> {
    return of({ data: '1' }, { data: '2' }, { data: '3' });
  }

  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from(['a', 'b', 'c'].map((text) => Buffer.from(text))));
  }

  @Get('value')
  value(): string {
    return 'value';
  }

  @Get('unchanged')
  @HttpCode(304)
  unchanged(): void {
    // The answer is a 304.
  }

  @Get('closed')
  @UseGuards(ClosedGuard)
  closed(): string {
    return 'never';
  }
}

onBothPlatforms('each answer is one observation, in every metric', async ({ start }) => {
  const app = await start({ controllers: [AnswersController] });
  for (const path of ['/events', '/stream', '/value', '/unchanged', '/closed']) {
    await app.get(path);
  }
  const { status } = await app.request('HEAD', '/value');
  await expectRequests(app, {
    'GET /events 200': 1,
    'GET /stream 200': 1,
    'GET /value 200': 1,
    'GET /unchanged 304': 1,
    'GET /closed 403': 1,
    [`HEAD /value ${status}`]: 1,
  });
  // All but the one that the guard rejected. Fastify 4 has no `HEAD` for a `GET` of Nest.
  const calls = status === 200 ? 5 : 4;
  await app.expectSample('calls_total', {}, calls);
  await app.expectSample('call_seconds_count', {}, calls);
});
