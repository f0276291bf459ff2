import {
  Controller,
  Get,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { bearerTokenGuard, type MetricsServerOptions } from '../../../lib/index.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import { parseExposition } from '../../support/parse-exposition.js';
import type { TestApp } from '../../support/test-app.js';

const host = '127.0.0.1';

@Controller()
class AppController {
  @Get('hello')
  hello(): string {
    return 'hello';
  }
}

/** Tells when the hooks of other modules have run. */
@Injectable()
class OtherModuleHook implements OnApplicationShutdown {
  hasRun = false;

  onApplicationShutdown(): void {
    this.hasRun = true;
  }
}

@Module({ providers: [OtherModuleHook] })
class OtherModule {}

@Injectable()
class FailingHook implements OnApplicationBootstrap {
  onApplicationBootstrap(): never {
    throw new Error('broken');
  }
}

interface Closing {
  readonly app: TestApp;
  readonly url: string;
  /** Settles when `app.close()` has. */
  readonly closed: Promise<void>;
  isClosed(): boolean;
}

/** An application with a request behind it that is closing, its server no longer listening. */
async function closing(
  { start, logs }: TestContext,
  server: Omit<MetricsServerOptions, 'port' | 'host'>,
  prepare: (app: TestApp) => unknown = () => undefined,
): Promise<Closing> {
  const app = await start({
    controllers: [AppController],
    imports: [{ module: OtherModule, global: true }],
    options: { server: { port: 0, host, ...server } },
  });
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(messageOf(logs, /Metrics are served/)) ?? [];
  await app.get('/hello');
  await prepare(app);
  let isClosed = false;
  const closed = app.nest.close().finally(() => {
    isClosed = true;
  });
  await app.eventually(() => expect(app.provider(OtherModuleHook).hasRun).toBe(true));
  await app.eventually(() => messageOf(logs, /until they are scraped once more/));
  return { app, url: `http://${host}:${port}/metrics`, closed, isClosed: () => isClosed };
}

function messageOf({ entries }: TestContext['logs'], pattern: RegExp): string {
  const found = entries.find(({ message }) => pattern.test(message));
  if (found === undefined) throw new Error(`Nothing like ${pattern} was logged`);
  return found.message;
}

describe('server.lingerSeconds', () => {
  onBothPlatforms('shows the last requests, and closes once they were scraped', async (context) => {
    const { app, url, closed, isClosed } = await closing(context, { lingerSeconds: 600 });
    await expect(app.get('/hello')).rejects.toThrow();
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect(isClosed()).toBe(false);
    const response = await fetch(url);
    const exposition = parseExposition(await response.text(), 'text');
    const labels = { method: 'GET', status: '200' };
    expect(exposition.value('nestjs_http_request_total', labels)).toBe(1);
    expect(exposition.value('nestjs_http_requests_in_progress')).toBe(0);
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });

  onBothPlatforms('is not ended by a scrape that is refused', async (context) => {
    const { url, closed, isClosed } = await closing(context, {
      lingerSeconds: 600,
      authorize: bearerTokenGuard('secret'),
    });
    expect((await fetch(url)).status).toBe(401);
    expect(isClosed()).toBe(false);
    const headers = { authorization: 'Bearer secret' };
    expect((await fetch(url, { headers })).status).toBe(200);
    await closed;
  });

  onBothPlatforms('ends without a scrape as well', async (context) => {
    const { closed, url } = await closing(context, { lingerSeconds: 0.2 });
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });

  onBothPlatforms('does not keep servers that code has started', async (context) => {
    let port = 0;
    const { url, closed } = await closing(context, { lingerSeconds: 600 }, async ({ service }) => {
      port = (await service.startHttpServer(0, { host })).port;
    });
    await expect(fetch(`http://${host}:${port}/metrics`)).rejects.toThrow();
    await (await fetch(url)).text();
    await closed;
  });

  onBothPlatforms('does not hold up a start that fails', async ({ start }) => {
    const failing = { provide: 'failing', useClass: FailingHook };
    const server = { port: 0, host, lingerSeconds: 600 };
    await expect(start({ providers: [failing], options: { server } })).rejects.toThrow('broken');
  });
});
