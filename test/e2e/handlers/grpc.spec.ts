import { join } from 'node:path';
import { Controller } from '@nestjs/common';
import {
  ClientProxyFactory,
  GrpcMethod,
  GrpcStreamMethod,
  RpcException,
  Transport,
  type ClientGrpc,
  type GrpcOptions,
} from '@nestjs/microservices';
import { from, lastValueFrom, map, range, reduce, toArray, type Observable } from 'rxjs';
import { Counter, type MetricContext } from '../../../lib/index.js';
import { onPlatform } from '../../support/harness.js';
import { freePort } from '../../support/free-port.js';

const DURATION = 'nestjs_handler_duration_seconds_count';

interface Num {
  readonly value: number;
}

interface CalculatorClient {
  double(number: Num): Observable<Num>;
  fails(number: Num): Observable<Num>;
  count(number: Num): Observable<Num>;
  sum(numbers: Observable<Num>): Observable<Num>;
}

@Controller()
class CalculatorController {
  @GrpcMethod('Calculator', 'Double')
  @Counter('doubled', 'Calls', {
    labels: { value: ({ request }: MetricContext<Num>) => request.value },
  })
  double({ value }: Num): Num {
    return { value: value * 2 };
  }

  @GrpcMethod('Calculator', 'Fails')
  fails(): never {
    throw new RpcException('no');
  }

  @GrpcMethod('Calculator', 'Count')
  count({ value }: Num): Observable<Num> {
    return range(0, value).pipe(map((each) => ({ value: each })));
  }

  @GrpcStreamMethod('Calculator', 'Sum')
  sum(numbers: Observable<Num>): Observable<Num> {
    return numbers.pipe(reduce((sum, each) => ({ value: sum.value + each.value }), { value: 0 }));
  }
}

describe('handlers of gRPC', () => {
  onPlatform('express', 'are measured until their stream is complete', async (context) => {
    const options: GrpcOptions = {
      transport: Transport.GRPC,
      options: {
        package: 'calculator',
        protoPath: join(import.meta.dirname, 'calculator.proto'),
        url: `127.0.0.1:${await freePort()}`,
      },
    };
    const app = await context.start({
      controllers: [CalculatorController],
      configure: async (nest) => {
        nest.connectMicroservice(options);
        await nest.startAllMicroservices();
      },
    });
    const client = ClientProxyFactory.create(options) as unknown as ClientGrpc & {
      close(): void;
    };
    context.cleanUp(() => client.close());
    const calculator = client.getService<CalculatorClient>('Calculator');
    expect(await lastValueFrom(calculator.double({ value: 2 }))).toEqual({ value: 4 });
    const counted = await lastValueFrom(calculator.count({ value: 3 }).pipe(toArray()));
    expect(counted).toHaveLength(3);
    const numbers = from([{ value: 1 }, { value: 2 }]);
    expect(await lastValueFrom(calculator.sum(numbers))).toEqual({ value: 3 });
    await expect(lastValueFrom(calculator.fails({ value: 1 }))).rejects.toThrow('no');
    const called = (method: string, outcome: string): Promise<void> => {
      const handler = `CalculatorController.${method}`;
      return app.expectSample(DURATION, { kind: 'rpc', handler, outcome }, 1);
    };
    await called('double', 'success');
    await called('count', 'success');
    await called('sum', 'success');
    await called('fails', 'error');
    await app.expectSum('nestjs_handlers_in_progress', {}, 0);
    await app.expectSample('doubled_total', { value: '2' }, 1);
  });
});
