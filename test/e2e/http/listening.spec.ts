import dns, { type LookupAddress } from 'node:dns';
import { Controller, Get } from '@nestjs/common';
import { onPlatform } from '../../support/harness.js';
import { RawConnection, requestText } from '../../support/raw-connection.js';
import { expectRequests } from '../support/recorded.js';

const ADDRESSES: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '127.0.0.2', family: 4 },
];

/** Lets `localhost` have two addresses, as it has where IPv6 is there. */
function twoLocalhosts(): () => void {
  const { lookup } = dns;
  const replaced = (...args: unknown[]): void => {
    const [host, options, done] = args as [
      string,
      { all?: boolean },
      (...found: unknown[]) => void,
    ];
    if (host === 'localhost' && options.all === true) done(null, ADDRESSES);
    else (lookup as (...given: unknown[]) => void)(...args);
  };
  Object.assign(dns, { lookup: replaced });
  return () => Object.assign(dns, { lookup });
}

@Controller('cats')
class CatsController {
  @Get()
  all(): string {
    return 'cats';
  }

  @Get('throws')
  throws(): never {
    throw new Error('broken');
  }
}

onPlatform('fastify', 'each server of localhost is measured', async ({ start, cleanUp }) => {
  cleanUp(twoLocalhosts());
  const app = await start({
    controllers: [CatsController],
    configure: (nest) => {
      const adapter = nest.getHttpAdapter();
      const listen = adapter.listen.bind(adapter) as (...args: unknown[]) => unknown;
      const onLocalhost = (port: number, _host: string, ...rest: unknown[]): unknown =>
        listen(port, 'localhost', ...rest);
      Object.assign(adapter, { listen: onLocalhost });
    },
  });
  for (const host of ['127.0.0.1', '127.0.0.2']) {
    for (const path of ['/cats', '/cats/throws', '/nowhere', '/metrics']) {
      const connection = await RawConnection.open(app.port, host);
      connection.write(requestText('GET', path, { connection: 'close' }));
      await connection.closed;
    }
  }
  const connection = await RawConnection.open(app.port, '127.0.0.2');
  connection.write(requestText('GET', '/cats') + requestText('GET', '/cats'));
  await connection.until(/ 200 [^]* 200 /);
  connection.destroy();
  await expectRequests(
    app,
    { 'GET /cats 200': 4, 'GET /cats/throws 500': 2, 'GET /nowhere 404': 2 },
    { 'GET 500': 2 },
  );
});
