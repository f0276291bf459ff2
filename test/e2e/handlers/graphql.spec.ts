import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  Injectable,
  ParseIntPipe,
  Scope,
  UseGuards,
  type CanActivate,
  type DynamicModule,
} from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Args,
  Field,
  GraphQLModule,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { PubSub } from 'graphql-subscriptions';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Counter, type MetricContext } from '../../../lib/index.js';
import { Compiled } from '../../support/compiled.js';
import { parseExposition } from '../../support/parse-exposition.js';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

const DURATION = 'nestjs_handler_duration_seconds_count';
const BUSY = 'nestjs_handlers_in_progress';

@Injectable()
class NoEntry implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const events = new PubSub();

@ObjectType()
class Cat {
  @Field(() => Int)
  id!: number;
}

@Resolver(() => Cat)
class CatsResolver {
  @Query(() => Cat)
  @Counter('cats_found', 'Calls', {
    labels: {
      agent: ({ request }: MetricContext) => request.headers['user-agent'],
      id: ({ returnValue }) => (returnValue as Cat | undefined)?.id,
      answered: ({ response }) => response !== undefined,
    },
  })
  async cat(@Args('id', { type: () => Int }, ParseIntPipe) id: number): Promise<Cat> {
    return { id };
  }

  @Query(() => [Cat])
  cats(): Cat[] {
    return [{ id: 1 }, { id: 2 }];
  }

  @Query(() => Cat)
  @UseGuards(NoEntry)
  guarded(): Cat {
    return { id: 0 };
  }

  @Query(() => Cat)
  piped(@Args('id', { type: () => String }, ParseIntPipe) id: number): Cat {
    return { id };
  }

  @Mutation(() => Cat)
  fails(): Cat {
    throw new Error('no');
  }

  @Subscription(() => Int)
  added(): AsyncIterableIterator<unknown> {
    return events.asyncIterableIterator('added');
  }

  @ResolveField(() => String)
  @Counter('names', 'Calls')
  name(@Parent() { id }: Cat): string {
    return `cat ${id}`;
  }
}

@Resolver(() => Cat)
@Injectable({ scope: Scope.REQUEST })
class ScopedResolver {
  @Query(() => Cat)
  scoped(): Cat {
    return { id: 9 };
  }
}

/** Schema first: the same, but for what code-first decorators say. */
@Resolver('Dog')
class DogsResolver {
  @Query()
  dog(): { id: number } {
    return { id: 5 };
  }

  @Query('dogs')
  list(): { id: number }[] {
    return [{ id: 5 }];
  }
}

const SCHEMA = 'type Dog { id: Int } type Query { dog: Dog dogs: [Dog] }';

function driver(options: object): DynamicModule {
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    context: (...given: unknown[]) => contextOf(given),
    subscriptions: { 'graphql-ws': true },
    ...options,
  });
}

/** Express gives request and response in an object, Fastify one after the other. */
function contextOf([first, second]: unknown[]): { req: unknown; res: unknown } {
  const { req = first, res = second } = first as { req?: unknown; res?: unknown };
  return { req, res };
}

async function ask(app: TestApp, query: string): Promise<unknown> {
  const { body } = await app.post('/graphql', { query }, { headers: { 'user-agent': 'test' } });
  return JSON.parse(body);
}

function called(app: TestApp, handler: string, outcome: string, count = 1): Promise<void> {
  return app.expectSample(DURATION, { kind: 'graphql', handler, outcome }, count);
}

describe('resolvers', () => {
  const providers = [CatsResolver, ScopedResolver];
  const codeFirst = { autoSchemaFile: true };

  onBothPlatforms('are measured once a call, code first', async (context) => {
    const imports = [driver(codeFirst)];
    const app = await context.start({ imports, providers });
    expect(await ask(app, '{ cats { id name } }')).toEqual({
      data: {
        cats: [
          { id: 1, name: 'cat 1' },
          { id: 2, name: 'cat 2' },
        ],
      },
    });
    expect(await ask(app, '{ cat(id: 7) { id } scoped { id } }')).toEqual({
      data: { cat: { id: 7 }, scoped: { id: 9 } },
    });
    expect(await ask(app, 'mutation { fails { id } }')).toMatchObject({
      errors: [{ message: 'no' }],
    });
    await called(app, 'CatsResolver.cats', 'success');
    await called(app, 'CatsResolver.cat', 'success');
    await called(app, 'ScopedResolver.scoped', 'success');
    await called(app, 'CatsResolver.fails', 'error');
    await app.expectSum(DURATION, {}, 4);
    // A field's resolver is no handler, but a method that can be decorated.
    await app.expectSample('names_total', {}, 2);
    await app.expectSample('cats_found_total', { agent: 'test', id: '7', answered: 'true' }, 1);
    await app.expectSum('nestjs_http_request_total', { method: 'POST' }, 3);
  });

  onBothPlatforms('are measured once a call, schema first', async (context) => {
    const imports = [driver({ typeDefs: SCHEMA })];
    const app = await context.start({ imports, providers: [DogsResolver] });
    expect(await ask(app, '{ dog { id } dogs { id } }')).toEqual({
      data: { dog: { id: 5 }, dogs: [{ id: 5 }] },
    });
    await called(app, 'DogsResolver.dog', 'success');
    await called(app, 'DogsResolver.list', 'success');
    await app.expectSum(DURATION, {}, 2);
  });

  onBothPlatforms('have no calls that a guard or a pipe rejects', async (context) => {
    const imports = [driver(codeFirst)];
    const app = await context.start({ imports, providers });
    expect(await ask(app, '{ guarded { id } }')).toHaveProperty('errors');
    expect(await ask(app, '{ piped(id: "seven") { id } }')).toHaveProperty('errors');
    expect(await ask(app, '{ piped(id: "7") { id } }')).toEqual({ data: { piped: { id: 7 } } });
    app.provider(CatsResolver).cats();
    await called(app, 'CatsResolver.piped', 'success');
    await app.expectSum(DURATION, {}, 1);
  });

  onBothPlatforms('have one call for each subscription', async (context) => {
    const imports = [driver(codeFirst)];
    const app = await context.start({ imports, providers });
    const client = createClient({
      url: `${app.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    context.cleanUp(() => client.dispose());
    const results = client.iterate({ query: 'subscription { added }' });
    const first = results.next();
    const labels = { kind: 'graphql', handler: 'CatsResolver.added' };
    await app.expectSample(BUSY, labels, 1);
    await app.eventually(async () => {
      await events.publish('added', { added: 1 });
      expect(await first).toMatchObject({ value: { data: { added: 1 } } });
    });
    await app.expectSample(BUSY, labels, 1);
    await results.return?.();
    await app.expectSample(BUSY, labels, 0);
    await called(app, 'CatsResolver.added', 'success');
  });

  onPlatform('express', 'leave nothing on their class', async (context) => {
    const before = Object.getOwnPropertyDescriptors(CatsResolver.prototype);
    await context.start({ imports: [driver(codeFirst)], providers });
    expect(CatsResolver.prototype.cats).not.toBe(before.cats.value);
    await context.close();
    expect(Object.getOwnPropertyDescriptors(CatsResolver.prototype)).toEqual(before);
  });
});

describe('resolvers of Mercurius', () => {
  // A process of its own, because Jest cannot load it.
  it('are measured once a call', async () => {
    const compiled = new Compiled('test/e2e/handlers/fixtures');
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = fork(compiled.fixture('mercurius'), [], { env, execArgv: [] });
    try {
      const [{ port }] = (await once(child, 'message')) as [{ port: number }];
      const query = async (text: string): Promise<unknown> => {
        const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': 'test' },
          body: JSON.stringify({ query: text }),
        });
        return response.json();
      };
      expect(await query('{ cat(id: 7) { id } }')).toEqual({ data: { cat: { id: 7 } } });
      expect(await query('{ cat(id: -1) { id } }')).toHaveProperty('errors');
      expect(await query('{ guarded { id } }')).toHaveProperty('errors');
      const client = createClient({
        url: `ws://127.0.0.1:${port}/graphql`,
        webSocketImpl: WebSocket,
      });
      const numbers: unknown[] = [];
      for await (const result of client.iterate({ query: 'subscription { numbers }' })) {
        numbers.push(result.data);
      }
      await client.dispose();
      expect(numbers).toEqual([{ numbers: 1 }, { numbers: 2 }]);
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const exposition = parseExposition(text, 'text');
      const count = (handler: string, outcome: string): number | undefined =>
        exposition.value(DURATION, { kind: 'graphql', handler, outcome });
      expect(count('CatsResolver.cat', 'success')).toBe(1);
      expect(count('CatsResolver.cat', 'error')).toBe(1);
      expect(count('CatsResolver.numbers', 'success')).toBe(1);
      expect(exposition.sum(DURATION)).toBe(3);
      expect(exposition.value('cats_found_total', { agent: 'test' })).toBe(2);
      expect(exposition.sum('nestjs_http_request_total', { method: 'POST' })).toBe(3);
    } finally {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      compiled.remove();
    }
  });
});
