import { All, Controller, Get, Param, Post } from '@nestjs/common';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import { RawConnection, requestText } from '../../support/raw-connection.js';
import { expectRequests } from '../support/recorded.js';

const CLOSE = { connection: 'close' };

@Controller('cats')
class CatsController {
  @Get()
  all(): string[] {
    return [];
  }

  @Get(':id')
  byId(@Param('id') id: string): object {
    return { id };
  }

  @Post()
  create(): object {
    return {};
  }
}

@Controller('any')
class AnyController {
  @All()
  any(): string {
    return 'any';
  }
}

describe('the request line', () => {
  onBothPlatforms('a URL that cannot be decoded is a 400', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    await (
      await app.raw(requestText('GET', '/cats/%zz', CLOSE))
    ).closed;
    await (
      await app.raw(requestText('GET', '/%E0%A4%A', CLOSE))
    ).closed;
    // No route of Express has to decode the second one.
    const status = app.platform === 'express' ? 404 : 400;
    await expectRequests(app, { 'GET /cats/%zz 400': 1, [`GET /%E0%A4%A ${status}`]: 1 });
  });

  onPlatform(
    'fastify',
    'a parameter that is too long is counted as it is answered',
    async ({ start }) => {
      const app = await start({ controllers: [CatsController] });
      const path = `/cats/${'x'.repeat(101)}`;
      // 414, before Fastify 5.5 404.
      const { status } = await app.get(path);
      await expectRequests(app, { [`GET ${path} ${status}`]: 1 });
    },
  );

  onBothPlatforms('the absolute form has the path of its URL', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    for (const target of ['http://a.example/cats?b=c', 'http://a.example:8080/cats/1']) {
      const { closed } = await app.raw(requestText('GET', target, CLOSE));
      expect(await closed).toMatch(/^HTTP\/1.1 200 /);
    }
    await (
      await app.raw(requestText('GET', 'http://a.example', CLOSE))
    ).closed;
    await expectRequests(app, {
      'GET /cats 200': 1,
      'GET /cats/1 200': 1,
      'GET / 404': 1,
    });
  });

  onBothPlatforms('`OPTIONS *` and other odd targets are counted', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    const answers: Record<string, number> = {};
    for (const [method, target] of [
      ['OPTIONS', '*'],
      ['GET', '*cats'],
      ['GET', '//cats'],
      ['GET', '/cats//'],
    ] as const) {
      const { closed } = await app.raw(requestText(method, target, CLOSE));
      const status = /^HTTP\/1.1 (\d+) /.exec(await closed)?.[1];
      answers[`${method} ${target} ${status}`] = 1;
    }
    await expectRequests(app, answers);
  });

  onBothPlatforms('a path with a quote and a backslash is written escaped', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    await (
      await app.raw(requestText('GET', '/cats/"a\\nb"', CLOSE))
    ).closed;
    await app.get('/cats/%C3%A9');
    await expectRequests(app, { 'GET /cats/"a\\nb" 200': 1, 'GET /cats/%C3%A9 200': 1 });
  });

  onBothPlatforms('methods beyond the nine standard ones are `unknown`', async ({ start }) => {
    const app = await start({ controllers: [AnyController] });
    const standard = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'];
    const others = ['PROPFIND', 'SEARCH', 'PURGE', 'MKCOL', 'M-SEARCH', 'REPORT', 'LINK'];
    const expected: Record<string, number> = {};
    const ask = async (method: string, label: string): Promise<void> => {
      const { closed } = await app.raw(requestText(method, '/any', CLOSE));
      const status = /^HTTP\/1.1 (\d+) /.exec(await closed)?.[1];
      expected[`${label} /any ${status}`] = (expected[`${label} /any ${status}`] ?? 0) + 1;
    };
    for (const method of standard) await ask(method, method);
    for (const method of others) await ask(method, 'unknown');
    await expectRequests(app, expected);
  });

  onBothPlatforms('an override of the method by a header changes nothing', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    await app.post('/cats', {}, { headers: { 'x-http-method-override': 'DELETE' } });
    await expectRequests(app, { 'POST /cats 201': 1 });
  });
});

describe('the connection', () => {
  onBothPlatforms('HTTP/1.0, with and without keep-alive', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    const { closed } = await app.raw('GET /cats HTTP/1.0\r\n\r\n');
    expect(await closed).toContain(' 200 ');
    const kept = await app.raw('GET /cats/1 HTTP/1.0\r\nconnection: keep-alive\r\n\r\n');
    await kept.until('{"id":"1"}');
    kept.write('GET /cats/2 HTTP/1.0\r\n\r\n');
    await kept.closed;
    await expectRequests(app, {
      'GET /cats 200': 1,
      'GET /cats/1 200': 1,
      'GET /cats/2 200': 1,
    });
  });

  onBothPlatforms('many requests on one connection are many requests', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    const connection = await RawConnection.open(app.port);
    for (let i = 0; i < 50; i++) {
      connection.write(requestText('GET', `/cats/${i % 5}?n=${i}`));
      await app.eventually(() => expect(connection.received.match(/ 200 OK/g)).toHaveLength(i + 1));
    }
    connection.destroy();
    await connection.closed;
    await expectRequests(
      app,
      Object.fromEntries([0, 1, 2, 3, 4].map((id) => [`GET /cats/${id} 200`, 10])),
    );
  });

  onBothPlatforms('`Expect: 100-continue` makes one request', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    const connection = await app.raw(
      'POST /cats HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nexpect: 100-continue\r\n' +
        'content-type: application/json\r\ncontent-length: 2\r\n\r\n',
    );
    await connection.until('HTTP/1.1 100 ');
    connection.write('{}');
    expect(await connection.closed).toContain('HTTP/1.1 201 ');
    await expectRequests(app, { 'POST /cats 201': 1 });
  });

  onBothPlatforms('what is no HTTP reaches no application', async ({ start }) => {
    const app = await start({ controllers: [CatsController] });
    expect(await (await app.raw('nonsense\r\n\r\n')).closed).toContain(' 400 ');
    expect(await (await app.raw('GET / HTTP/1.1\r\n\r\n')).closed).toContain(' 400 ');
    await app.get('/cats');
    await expectRequests(app, { 'GET /cats 200': 1 });
  });
});
