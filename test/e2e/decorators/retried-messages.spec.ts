import { once } from 'node:events';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  applyDecorators,
  Controller,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Args, GraphQLModule, Int, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, RpcException, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { catchError, firstValueFrom, of, retry, timeout, type Observable } from 'rxjs';
import { WebSocket } from 'ws';
import {
  Counter,
  Gauge,
  Histogram,
  PrometheusService,
  type MetricContext,
} from '../../../lib/index.js';
import { onBothPlatforms, type StartOptions, type TestContext } from '../../support/harness.js';
import { freePort } from '../../support/free-port.js';
import type { TestApp } from '../../support/test-app.js';

/** Calls the handler up to three times. */
@Injectable()
class Retry implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(retry(2));
  }
}

/** Gives each of two calls its time. */
@Injectable()
class TimeLimit implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(timeout(300), retry(1));
  }
}

/** Stands between the one that retries and the handler. */
@Injectable()
class Between implements NestInterceptor {
  async intercept(_: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    await Promise.resolve();
    return next.handle();
  }
}

const Measured = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    Counter('calls', 'Calls', {
      labels: {
        value: ({ returnValue }: MetricContext) => returnValue as number | undefined,
        error: ({ error }: MetricContext) => (error as Error | undefined)?.message,
      },
    }),
    Gauge('busy', 'Calls in progress'),
    Histogram('seconds', 'Seconds'),
  );

/** What the handlers of all transports do. */
@Injectable()
class Attempts {
  /** The gauge, at each attempt. */
  readonly busy: (number | undefined)[] = [];

  constructor(private readonly metrics: PrometheusService) {}

  /** The number of the attempt, once so many have failed. */
  async make(fails: number, Failure: new (text: string) => Error): Promise<number> {
    this.busy.push(await this.metrics.getSampleValue('busy'));
    const number = this.busy.length;
    if (number <= fails) throw new Failure(`no ${number}`);
    return number;
  }

  /** The first one never ends. */
  async late(): Promise<number> {
    this.busy.push(await this.metrics.getSampleValue('busy'));
    return this.busy.length === 1 ? new Promise(() => undefined) : this.busy.length;
  }
}

@Controller()
class FlakyController {
  constructor(private readonly attempts: Attempts) {}

  @UseInterceptors(Retry)
  @Measured()
  @MessagePattern('inside')
  inside(fails: number): Promise<number> {
    return this.attempts.make(fails, RpcException);
  }

  @Measured()
  @UseInterceptors(Retry, Between)
  @MessagePattern('outside')
  outside(fails: number): Promise<number> {
    return this.attempts.make(fails, RpcException);
  }

  @Measured()
  @UseInterceptors(TimeLimit)
  @MessagePattern('late')
  late(): Promise<number> {
    return this.attempts.late();
  }
}

@Resolver()
class FlakyResolver {
  constructor(private readonly attempts: Attempts) {}

  @UseInterceptors(Retry)
  @Measured()
  @Query(() => Int)
  inside(@Args('fails', { type: () => Int }) fails: number): Promise<number> {
    return this.attempts.make(fails, Error);
  }

  @Measured()
  @UseInterceptors(Retry, Between)
  @Query(() => Int)
  outside(@Args('fails', { type: () => Int }) fails: number): Promise<number> {
    return this.attempts.make(fails, Error);
  }

  @Measured()
  @UseInterceptors(TimeLimit)
  @Query(() => Int)
  late(@Args('fails', { type: () => Int }) _fails: number): Promise<number> {
    return this.attempts.late();
  }
}

@WebSocketGateway()
class FlakyGateway {
  constructor(private readonly attempts: Attempts) {}

  @UseInterceptors(Retry)
  @Measured()
  @SubscribeMessage('inside')
  inside(_client: unknown, fails: number): Promise<number> {
    return this.attempts.make(fails, WsException);
  }

  @Measured()
  @UseInterceptors(Retry, Between)
  @SubscribeMessage('outside')
  outside(_client: unknown, fails: number): Promise<number> {
    return this.attempts.make(fails, WsException);
  }

  @Measured()
  @UseInterceptors(TimeLimit)
  @SubscribeMessage('late')
  late(): Promise<number> {
    return this.attempts.late();
  }
}

/** Calls the handler of a name, and waits for what it may answer. */
type Ask = (handler: string, fails: number) => Promise<unknown>;

async function overTcp({ start, cleanUp }: TestContext): Promise<[TestApp, Ask]> {
  const options = { port: await freePort(), host: '127.0.0.1' };
  const app = await start({
    controllers: [FlakyController],
    providers: [Attempts],
    configure: async (nest) => {
      nest.connectMicroservice({ transport: Transport.TCP, options });
      await nest.startAllMicroservices();
    },
  });
  const client = ClientProxyFactory.create({ options });
  cleanUp(() => client.close());
  return [
    app,
    (handler, fails) => firstValueFrom(client.send(handler, fails).pipe(catchError(of))),
  ];
}

async function overGraphql({ start }: TestContext): Promise<[TestApp, Ask]> {
  const options: ApolloDriverConfig = { driver: ApolloDriver, autoSchemaFile: true };
  const imports: StartOptions['imports'] = [GraphQLModule.forRoot(options)];
  const app = await start({ imports, providers: [FlakyResolver, Attempts] });
  return [
    app,
    (handler, fails) => app.post('/graphql', { query: `{ ${handler}(fails: ${fails}) }` }),
  ];
}

async function overWebSocket({ start, cleanUp }: TestContext): Promise<[TestApp, Ask]> {
  const app = await start({
    providers: [FlakyGateway, Attempts],
    configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
  });
  const socket = new WebSocket(app.url.replace('http', 'ws'));
  await once(socket, 'open');
  cleanUp(() => socket.close());
  return [app, (event, data) => Promise.resolve(socket.send(JSON.stringify({ event, data })))];
}

const TRANSPORTS = [
  ['a message handler', overTcp],
  ['a resolver', overGraphql],
  ['a handler of a gateway', overWebSocket],
] as const;

const CASES = [
  ['inside', 2, { value: '3', error: '' }, 3],
  ['inside', 9, { value: '', error: 'no 3' }, 3],
  ['outside', 2, { value: '3', error: '' }, 3],
  ['outside', 9, { value: '', error: 'no 3' }, 3],
  ['late', 0, { value: '2', error: '' }, 2],
] as const;

describe.each(TRANSPORTS)('%s that an interceptor calls again', (_, open) => {
  for (const [handler, fails, labels, attempts] of CASES) {
    onBothPlatforms(
      `is one call with its last outcome: ${handler}, ${fails} fail`,
      async (context) => {
        const [app, ask] = await open(context);
        await ask(handler, fails);
        await app.expectSample('calls_total', labels, 1);
        await app.expectSum('calls_total', {}, 1);
        await app.expectSample('seconds_count', {}, 1);
        await app.expectSample('busy', {}, 0);
        expect(app.provider(Attempts).busy).toEqual(Array.from({ length: attempts }, () => 1));
      },
    );
  }
});
