import {
  Controller,
  Get,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { map, of, type Observable } from 'rxjs';
import { Counter, type MetricContext } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

/** Puts what the handler returned into an envelope. */
@Injectable()
class Envelope implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

const Calls = Counter('calls', 'Calls', {
  labels: { value: ({ returnValue }: MetricContext) => JSON.stringify(returnValue) },
});

@Controller()
@UseInterceptors(Envelope)
class OuterController {
  @Calls
  @Get('value')
  value(): string {
    return 'value';
  }

  @Calls
  @Get('last')
  last(): Observable<number> {
    return of(1, 2);
  }
}

@Controller()
class InnerController {
  @UseInterceptors(Envelope)
  @Calls
  @Get('inner')
  inner(): string {
    return 'value';
  }

  @Calls
  @UseInterceptors(Envelope)
  @Get('outer')
  outer(): string {
    return 'value';
  }
}

describe('a value that an interceptor maps is seen by label functions', () => {
  const CASES = [
    ['/value', '"value"', { data: 'value' }],
    ['/last', '2', { data: 2 }],
    ['/outer', '"value"', { data: 'value' }],
    ['/inner', '{"data":"value"}', { data: 'value' }],
  ] as const;
  for (const [path, value, answer] of CASES) {
    const isMapped = path === '/inner';
    onBothPlatforms(
      `${isMapped ? 'as it was mapped' : 'as it was'}: ${path}`,
      async ({ start }) => {
        const app = await start({ controllers: [OuterController, InnerController] });
        expect(JSON.parse((await app.get(path)).body)).toEqual(answer);
        await app.expectSample('calls_total', { value }, 1);
        await app.expectSum('calls_total', {}, 1);
      },
    );
  }

  onBothPlatforms('as it was mapped, where it is a default of all handlers', async ({ start }) => {
    const app = await start({
      controllers: [OuterController],
      options: { interceptor: 'global' },
    });
    await app.get('/value');
    await app.expectSample('calls_total', { value: '{"data":"value"}' }, 1);
  });
});
