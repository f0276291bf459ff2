import { Controller, Get, Param } from '@nestjs/common';
import { Subject, filter, firstValueFrom } from 'rxjs';
import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';
import { expectRequests } from '../support/recorded.js';

/** Each request is answered when its name comes by. */
@Controller()
class TurnsController {
  readonly turns = new Subject<string>();

  @Get('now/:name')
  now(@Param('name') name: string): string {
    return `answer ${name}.`;
  }

  @Get('wait/:name')
  async wait(@Param('name') name: string): Promise<string> {
    await firstValueFrom(this.turns.pipe(filter((turn) => turn === name)));
    return `answer ${name}.`;
  }
}

function requests(...paths: string[]): string {
  return paths.map((path) => requestText('GET', path)).join('');
}

describe('pipelined requests', () => {
  onBothPlatforms('that are answered in order are counted one by one', async ({ start }) => {
    const app = await start({ controllers: [TurnsController] });
    const connection = await app.raw(requests('/now/a', '/now/b', '/now/a', '/nowhere'));
    await connection.until(' 404 ');
    await expectRequests(app, {
      'GET /now/a 200': 2,
      'GET /now/b 200': 1,
      'GET /nowhere 404': 1,
    });
    connection.destroy();
    await connection.closed;
    await expectRequests(app, {
      'GET /now/a 200': 2,
      'GET /now/b 200': 1,
      'GET /nowhere 404': 1,
    });
  });

  onBothPlatforms('wait for the one in front, and are then counted', async ({ start }) => {
    const app = await start({ controllers: [TurnsController] });
    const connection = await app.raw(requests('/wait/a', '/now/b', '/now/c'));
    await app.eventually(() => expect(app.requests.received).toBe(3));
    await expectRequests(app, {});
    app.provider(TurnsController).turns.next('a');
    await connection.until('answer c.');
    await expectRequests(app, { 'GET /wait/a 200': 1, 'GET /now/b 200': 1, 'GET /now/c 200': 1 });
    connection.destroy();
    await connection.closed;
  });

  onBothPlatforms('whose connection dies are all 499, once', async ({ start }) => {
    const app = await start({ controllers: [TurnsController] });
    // One that is being answered, two whose answers are ready, one that has none.
    const connection = await app.raw(requests('/wait/a', '/now/b', '/nowhere', '/wait/d'));
    await app.eventually(() => expect(app.requests.received).toBe(4));
    connection.destroy();
    await connection.closed;
    const all = {
      'GET /wait/a 499': 1,
      'GET /now/b 499': 1,
      'GET /nowhere 499': 1,
      'GET /wait/d 499': 1,
    };
    await expectRequests(app, all);
    const { turns } = app.provider(TurnsController);
    turns.next('a');
    turns.next('d');
    await expectRequests(app, all);
  });

  onBothPlatforms('after some were answered: those keep their status', async ({ start }) => {
    const app = await start({ controllers: [TurnsController] });
    const connection = await app.raw(requests('/now/a', '/now/b', '/wait/c', '/now/d'));
    await app.eventually(() => expect(app.requests.received).toBe(4));
    await connection.until('answer b.');
    connection.destroy();
    await connection.closed;
    await expectRequests(app, {
      'GET /now/a 200': 1,
      'GET /now/b 200': 1,
      'GET /wait/c 499': 1,
      'GET /now/d 499': 1,
    });
  });

  onBothPlatforms('hundreds, on several connections, add up', async ({ start }) => {
    const app = await start({ controllers: [TurnsController] });
    const paths = Array.from({ length: 200 }, (_, i) => `/now/${i % 3}`);
    const connections = await Promise.all([1, 2, 3].map(() => app.raw(requests(...paths))));
    await app.eventually(() => expect(app.requests.received).toBe(600));
    await app.eventually(() => {
      for (const { received } of connections) expect(received.match(/answer/g)).toHaveLength(200);
    });
    for (const connection of connections) connection.destroy();
    await expectRequests(app, {
      'GET /now/0 200': 201,
      'GET /now/1 200': 201,
      'GET /now/2 200': 198,
    });
  });
});
