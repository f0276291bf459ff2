import {
  Catch,
  Controller,
  Injectable,
  Module,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_FILTER, ExternalContextCreator } from '@nestjs/core';
import { Counter, Histogram } from '../../lib/index.js';
import { onBothPlatforms, type TestContext } from '../support/harness.js';

class OwnError extends Error {
  override readonly name = 'OwnError';
}

/** Its methods are called by packages for message queues, bots and command lines, not by Nest. */
@Injectable()
class Consumer {
  plain(): string {
    return 'plain';
  }

  fails(): never {
    throw new OwnError('mine');
  }

  @Counter('consumed', 'Messages.', { labels: { kind: ({ request }) => typeof request } })
  @Histogram('consumed_seconds', 'Seconds of messages.')
  decorated(message: unknown): string {
    if (message === 'bad') throw new OwnError('mine');
    return 'decorated';
  }
}

@Module({ providers: [Consumer] })
class ConsumerModule {}

@Controller()
class EmptyController {}

const ARGUMENTS: Record<string, unknown[]> = {
  none: [],
  text: ['message'],
  nothing: [null, undefined],
  'a message and its envelope': [{ id: 1 }, { fields: {}, properties: {} }],
  'something with a raw part': [{ raw: null }, { raw: null }],
  'a function': [() => 0, () => 0, () => 0],
};

/** A method as `ExternalContextCreator` wraps it, with guards, interceptors and filters. */
async function wrapped(
  { start }: TestContext,
  method: keyof Consumer,
  options: Parameters<TestContext['start']>[0] = {},
) {
  const app = await start({
    imports: [ConsumerModule],
    controllers: [EmptyController],
    ...options,
  });
  const consumer = app.provider(Consumer);
  const create = app.provider(ExternalContextCreator);
  const call = create.create(consumer, consumer[method] as () => unknown, method);
  return { app, call: call as (...args: unknown[]) => Promise<unknown> };
}

describe('functions made by ExternalContextCreator', () => {
  onBothPlatforms('throw their own errors', async (test) => {
    const { call } = await wrapped(test, 'fails');
    for (const args of Object.values(ARGUMENTS)) {
      await expect(call(...args)).rejects.toThrow(OwnError);
    }
  });

  onBothPlatforms('return what they return', async (test) => {
    const { call } = await wrapped(test, 'plain', { options: { interceptor: 'global' } });
    for (const args of Object.values(ARGUMENTS)) expect(await call(...args)).toBe('plain');
  });

  onBothPlatforms('are measured when they are decorated', async (test) => {
    const { app, call } = await wrapped(test, 'decorated');
    const calls = Object.values(ARGUMENTS);
    for (const args of calls) expect(await call(...args)).toBe('decorated');
    await expect(call('bad')).rejects.toThrow(OwnError);
    await app.expectSum('consumed_total', {}, calls.length + 1);
    await app.expectSample('consumed_seconds_count', {}, calls.length + 1);
    await app.expectSum('nestjs_http_request_total', {}, 0);
  });

  onBothPlatforms('keep filters and guards of the application', async (test) => {
    const seen: unknown[] = [];
    @Catch(OwnError)
    class Filter implements ExceptionFilter {
      catch(exception: OwnError, host: ArgumentsHost): string {
        seen.push(host.getArgs());
        return `filtered ${exception.message}`;
      }
    }
    const guard: CanActivate = {
      canActivate: (context: ExecutionContext) => context.getHandler().name !== 'plain',
    };
    const { call } = await wrapped(test, 'fails', {
      providers: [{ provide: APP_FILTER, useClass: Filter }],
      configure: (app) => app.useGlobalGuards(guard),
    });
    expect(await call('a', 1)).toBe('filtered mine');
    expect(seen).toEqual([['a', 1]]);
  });
});
