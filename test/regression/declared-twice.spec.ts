import { onBothPlatforms } from '../support/harness.js';

describe('what is declared twice', () => {
  onBothPlatforms('an added endpoint keeps its guards', async ({ start }) => {
    const { service } = await start();
    await service.registerEndpoint('/more', { guards: [{ canActivate: () => false }] });
    expect(() => service.registerEndpoint('/more')).toThrow(/`path`.*'\/more'/);
  });

  onBothPlatforms('default metrics name the prefix as it was given', async ({ start }) => {
    const { service } = await start();
    service.exportDefaults({ prefix: 'late' });
    expect(() => service.exportDefaults({ prefix: 'late' })).toThrow(/got 'late'/);
  });

  onBothPlatforms('info() says where, and takes no half-made metric', async ({ start }) => {
    const { service } = await start();
    service.info('app_info', 'Application', { version: '1' });
    expect(() => service.info('app_info', 'Application', { other: '1' })).toThrow(
      /\(info\(\)\) is declared already \(info\(\)\)/,
    );
    expect(() => service.info('other_info', '')).toThrow(/help/);
    const labels = { version: (() => '1') as unknown as string };
    expect(() => service.info('third_info', 'Application', labels)).toThrow(/labels\.version/);
  });
});
