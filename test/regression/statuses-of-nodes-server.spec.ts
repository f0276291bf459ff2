import { Body, Controller, Post } from '@nestjs/common';
import { onBothPlatforms } from '../support/harness.js';
import { expectRequests } from '../e2e/support/recorded.js';

@Controller('echo')
class EchoController {
  @Post()
  echo(@Body() body: unknown): unknown {
    return body;
  }
}

const HEAD =
  'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('what the server of Node answers by itself', () => {
  onBothPlatforms('to a malformed body is the status', async ({ start }) => {
    const app = await start({ controllers: [EchoController] });
    const connection = await app.raw(HEAD + 'no length\r\n');
    expect(await connection.closed).toMatch(/^HTTP\/1.1 400 /);
    await expectRequests(app, { 'POST /echo 400': 1 });
    await app.expectSample('nestjs_http_requests_in_progress', {}, 0);
  });

  onBothPlatforms('to a body that turns malformed later is the status', async ({ start }) => {
    const app = await start({ controllers: [EchoController] });
    const connection = await app.raw(HEAD + '1\r\n{\r\n');
    await app.eventually(() => expect(app.requests.received).toBe(1));
    connection.write('?\r\n');
    expect(await connection.closed).toMatch(/^HTTP\/1.1 400 /);
    await expectRequests(app, { 'POST /echo 400': 1 });
  });

  onBothPlatforms('is none when the client is gone', async ({ start }) => {
    const app = await start({ controllers: [EchoController] });
    const connection = await app.raw(HEAD + '1\r\n{\r\n');
    await app.eventually(() => expect(app.requests.received).toBe(1));
    connection.destroy();
    await expectRequests(app, { 'POST /echo 499': 1 });
  });
});
