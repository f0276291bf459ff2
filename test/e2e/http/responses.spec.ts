import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  Header,
  HttpCode,
  Post,
  Redirect,
  Req,
  Res,
  Sse,
  StreamableFile,
  type MessageEvent,
} from '@nestjs/common';
import type { Response } from 'express';
import type { FastifyReply } from 'fastify';
import { concat, from, of, throwError, type Observable } from 'rxjs';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import { expectRequests } from '../support/recorded.js';

const CHUNK = 'x'.repeat(64 * 1024);

async function* parts(): AsyncGenerator<string> {
  yield 'one ';
  yield 'two';
}

@Controller()
class AnswersController {
  @Get('value')
  value(): object {
    return { ok: true };
  }

  @Get('nothing')
  nothing(): void {
    // The answer is an empty 200.
  }

  @Get('promise')
  async promise(): Promise<string> {
    return Promise.resolve('later');
  }

  @Get('observable')
  observable(): Observable<string> {
    return from(['first', 'last']);
  }

  @Post('created')
  created(): object {
    return { id: 1 };
  }

  @Post('accepted')
  @HttpCode(202)
  accepted(): void {
    // The answer is an empty 202.
  }

  @Get('empty')
  @HttpCode(204)
  empty(): void {
    // The answer is a 204.
  }

  @Get('file')
  file(): StreamableFile {
    return new StreamableFile(Buffer.from('file'));
  }

  @Get('large-file')
  largeFile(): StreamableFile {
    return new StreamableFile(Readable.from([CHUNK, CHUNK, CHUNK, CHUNK]));
  }

  @Get('broken-file')
  brokenFile(): StreamableFile {
    const failing = new Readable({ read: () => failing.destroy(new Error('unreadable')) });
    return new StreamableFile(failing);
  }

  @Get('generator')
  generator(): AsyncGenerator<string> {
    return parts();
  }

  @Get('elsewhere')
  @Redirect('/value', 301)
  elsewhere(): void {
    // The answer is a 301.
  }

  @Get('cached')
  @Header('etag', '"1"')
  cached(): string {
    return 'cached';
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    return of({ data: 'one' }, { data: 'two' }, { data: 'three' });
  }

  @Sse('broken-events')
  brokenEvents(): Observable<MessageEvent> {
    return throwError(() => new Error('broken'));
  }

  @Sse('breaking-events')
  breakingEvents(): Observable<MessageEvent> {
    return concat(
      of({ data: 'one' }),
      throwError(() => new Error('broken')),
    );
  }

  @Get('not-modified')
  @HttpCode(304)
  notModified(): void {
    // The answer is a 304.
  }
}

@Controller()
class ExpressAnswersController {
  @Get('by-hand')
  byHand(@Res() response: Response): void {
    response.status(203).send('by hand');
  }

  @Get('late')
  late(@Res() response: Response): void {
    setImmediate(() => response.status(202).json({ late: true }));
  }

  @Get('passed-through')
  passedThrough(@Res({ passthrough: true }) response: Response): string {
    response.status(206);
    return 'passed';
  }

  @Get('raw')
  raw(@Res() response: Response): void {
    Readable.from(['a', 'b']).pipe(response);
  }
}

@Controller()
class FastifyAnswersController {
  @Get('by-hand')
  byHand(@Res() reply: FastifyReply): void {
    void reply.status(203).send('by hand');
  }

  @Get('late')
  late(@Res() reply: FastifyReply): void {
    setImmediate(() => void reply.status(202).send({ late: true }));
  }

  @Get('passed-through')
  passedThrough(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.status(206);
    return 'passed';
  }

  @Get('raw')
  raw(@Res() reply: FastifyReply): void {
    void reply.send(Readable.from(['a', 'b']));
  }

  @Get('hijacked')
  hijacked(@Req() _request: unknown, @Res() reply: FastifyReply): void {
    void reply.hijack();
    reply.raw.writeHead(209).end('hijacked');
  }
}

describe('what a handler returns', () => {
  onBothPlatforms('is counted once, with the status that was sent', async ({ start }) => {
    const app = await start({ controllers: [AnswersController] });
    for (const path of ['/value', '/nothing', '/promise', '/observable', '/empty', '/elsewhere']) {
      await app.get(path);
    }
    await app.post('/created', {});
    await app.post('/accepted', {});
    await app.get('/value?q=1&path=/other');
    await expectRequests(app, {
      'GET /value 200': 2,
      'GET /nothing 200': 1,
      'GET /promise 200': 1,
      'GET /observable 200': 1,
      'GET /empty 204': 1,
      'GET /elsewhere 301': 1,
      'POST /created 201': 1,
      'POST /accepted 202': 1,
    });
  });

  onBothPlatforms('streams are counted once, when they are over', async ({ start }) => {
    const app = await start({ controllers: [AnswersController] });
    expect((await app.get('/file')).body).toBe('file');
    expect((await app.get('/large-file')).body).toHaveLength(4 * CHUNK.length);
    expect((await app.get('/events')).body).toContain('data: three');
    await expectRequests(app, {
      'GET /file 200': 1,
      'GET /large-file 200': 1,
      'GET /events 200': 1,
    });
  });

  onBothPlatforms('a generator is a stream', async ({ start }) => {
    const app = await start({ controllers: [AnswersController] });
    expect((await app.get('/generator')).body).toBe('one two');
    await expectRequests(app, { 'GET /generator 200': 1 });
  });

  onBothPlatforms('a HEAD request is one, of method HEAD', async ({ start }) => {
    const app = await start({ controllers: [AnswersController] });
    const expected: Record<string, number> = {};
    for (const path of ['/value', '/file', '/large-file', '/nowhere']) {
      const { body, status } = await app.request('HEAD', path);
      expect(body).toBe('');
      expected[`HEAD ${path} ${status}`] = 1;
    }
    await expectRequests(app, expected);
  });

  onBothPlatforms('an event stream that fails at once is a 500', async ({ start }) => {
    const app = await start({ controllers: [AnswersController] });
    expect((await app.get('/broken-events')).status).toBe(500);
    await expectRequests(app, { 'GET /broken-events 500': 1 }, { 'GET 500': 1 });
  });

  onBothPlatforms('an event stream that fails later keeps the status it had', async ({ start }) => {
    const app = await start({ controllers: [AnswersController] });
    expect((await app.get('/breaking-events')).body).toContain('event: error');
    await expectRequests(app, { 'GET /breaking-events 200': 1 });
  });

  // Nest answers 400 on Express, Fastify hands the error to the exception layer.
  onPlatform(
    'express',
    'a stream that fails before it began is counted once',
    async ({ start }) => {
      const app = await start({ controllers: [AnswersController] });
      await app.get('/broken-file');
      await expectRequests(app, { 'GET /broken-file 400': 1 });
    },
  );

  onPlatform(
    'fastify',
    'a stream that fails before it began is counted once',
    async ({ start }) => {
      const app = await start({ controllers: [AnswersController] });
      await app.get('/broken-file');
      await expectRequests(app, { 'GET /broken-file 500': 1 }, { 'GET 500': 1 });
    },
  );

  onBothPlatforms('a 304 is counted as such', async ({ start }) => {
    const app = await start({ controllers: [AnswersController] });
    await app.get('/not-modified');
    await expectRequests(app, { 'GET /not-modified 304': 1 });
  });

  onPlatform('express', 'a 304 that the framework chose is, too', async ({ start }) => {
    const app = await start({ controllers: [AnswersController] });
    await app.get('/cached', { headers: { 'if-none-match': '"1"', 'cache-control': 'max-age=0' } });
    await expectRequests(app, { 'GET /cached 304': 1 });
  });
});

describe('@Res()', () => {
  const expected = {
    'GET /by-hand 203': 1,
    'GET /late 202': 1,
    'GET /passed-through 206': 1,
    'GET /raw 200': 1,
  };

  onPlatform('express', 'the status that the handler sent is recorded', async ({ start }) => {
    const app = await start({ controllers: [ExpressAnswersController] });
    for (const path of ['/by-hand', '/late', '/passed-through', '/raw']) await app.get(path);
    await expectRequests(app, expected);
  });

  onPlatform('fastify', 'the status that the handler sent is recorded', async ({ start }) => {
    const app = await start({ controllers: [FastifyAnswersController] });
    for (const path of ['/by-hand', '/late', '/passed-through', '/raw', '/hijacked']) {
      await app.get(path);
    }
    await expectRequests(app, { ...expected, 'GET /hijacked 209': 1 });
  });
});
