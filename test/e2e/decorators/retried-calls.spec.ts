import {
  Controller,
  Get,
  Injectable,
  Query,
  ServiceUnavailableException,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, retry, timeout, type Observable } from 'rxjs';
import { Counter, Gauge, Histogram, type MetricContext } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

/** Calls the handler up to three times. */
@Injectable()
class Retry implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(retry(2));
  }
}

/** What a second call of the handler waits for. */
@Injectable()
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

@Injectable()
class LateRetry implements NestInterceptor {
  constructor(private readonly gate: Gate) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(retry({ delay: () => this.gate.opened }));
  }
}

/** Gives each of two calls its time. */
@Injectable()
class TimeLimit implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(timeout(300), retry(1));
  }
}

/** Asks again, by hand. */
@Injectable()
class Again implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError(() => next.handle()));
  }
}

const Calls = Counter('calls', 'Calls', {
  labels: {
    status: ({ statusCode }: MetricContext) => statusCode,
    value: ({ returnValue }: MetricContext) => String(returnValue),
    error: ({ error }: MetricContext) => (error as Error | undefined)?.message,
  },
});
const Busy = Gauge('busy', 'Calls in progress');
const Seconds = Histogram('seconds', 'Seconds', { buckets: [1] });

@Controller()
class FlakyController {
  attempts = 0;

  @UseInterceptors(Retry)
  @Calls
  @Busy
  @Seconds
  @Get('inside')
  inside(@Query('fails') fails: string): number {
    return this.attempt(Number(fails));
  }

  @Calls
  @Busy
  @Seconds
  @UseInterceptors(Retry)
  @Get('outside')
  outside(@Query('fails') fails: string): number {
    return this.attempt(Number(fails));
  }

  @UseInterceptors(TimeLimit)
  @Calls
  @Busy
  @Seconds
  @Get('late')
  late(): Promise<number> {
    const attempt = this.attempt(0);
    return attempt === 1 ? new Promise(() => undefined) : Promise.resolve(attempt);
  }

  @UseInterceptors(Again)
  @Calls
  @Busy
  @Seconds
  @Get('again')
  again(@Query('fails') fails: string): number {
    return this.attempt(Number(fails));
  }

  @UseInterceptors(LateRetry)
  @Calls
  @Busy
  @Get('paused')
  paused(): number {
    return this.attempt(1);
  }

  private attempt(fails: number): number {
    this.attempts += 1;
    if (this.attempts <= fails) throw new ServiceUnavailableException(`no ${this.attempts}`);
    return this.attempts;
  }
}

const success = (value: number): Record<string, string> => ({
  status: '200',
  value: `${value}`,
  error: '',
});
const failure = (error: string): Record<string, string> => ({
  status: '503',
  value: 'undefined',
  error,
});

describe('a handler that an interceptor calls again', () => {
  const CASES: [path: string, answer: Record<string, string>][] = [
    ['/inside?fails=2', success(3)],
    ['/inside?fails=9', failure('no 3')],
    ['/outside?fails=2', success(3)],
    ['/outside?fails=9', failure('no 3')],
    ['/late', success(2)],
    ['/again?fails=1', success(2)],
    ['/again?fails=9', failure('no 2')],
  ];
  for (const [path, labels] of CASES) {
    onBothPlatforms(`is one call with its last outcome: ${path}`, async ({ start }) => {
      const app = await start({ controllers: [FlakyController], providers: [Gate] });
      await app.get(path);
      await app.expectSample('calls_total', labels, 1);
      await app.expectSum('calls_total', {}, 1);
      await app.expectSample('seconds_count', {}, 1);
      await app.expectSample('busy', {}, 0);
    });
  }

  onBothPlatforms('holds its gauge between the calls', async ({ start, cleanUp }) => {
    const app = await start({ controllers: [FlakyController], providers: [Gate] });
    const gate = app.provider(Gate);
    cleanUp(gate.open);
    const answer = app.get('/paused');
    await app.eventually(() => expect(app.provider(FlakyController).attempts).toBe(1));
    await app.expectSample('busy', {}, 1);
    gate.open();
    expect((await answer).status).toBe(200);
    await app.expectSample('calls_total', success(2), 1);
    await app.expectSample('busy', {}, 0);
  });

  onBothPlatforms('counts once when the client has gone meanwhile', async ({ start, cleanUp }) => {
    const app = await start({ controllers: [FlakyController], providers: [Gate] });
    const gate = app.provider(Gate);
    const controller = app.provider(FlakyController);
    cleanUp(gate.open);
    const client = new AbortController();
    const answer = app.get('/paused', { signal: client.signal });
    await app.eventually(() => expect(controller.attempts).toBe(1));
    client.abort();
    await expect(answer).rejects.toThrow();
    await app.expectSample('busy', {}, 0);
    gate.open();
    await app.eventually(() => expect(controller.attempts).toBe(2));
    await app.expectSum('calls_total', { status: '499' }, 1);
    await app.expectSum('calls_total', {}, 1);
    await app.expectSample('busy', {}, 0);
  });
});
