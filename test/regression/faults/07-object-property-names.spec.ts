import { onBothPlatforms } from '../../support/harness.js';

describe('fault 7: names and values that every object has', () => {
  onBothPlatforms('as label values and label names', async ({ start }) => {
    const app = await start({ options: { defaultLabels: { constructor: '__proto__' } } });
    await app.get('/__proto__');
    await app.expectSum('nestjs_http_request_total', { constructor: '__proto__' }, 1);
    app.service.info('app_info', 'App.', { toString: 'valueOf', hasOwnProperty: 'constructor' });
    expect((await app.scrape()).body).toContain(
      'app_info{toString="valueOf",hasOwnProperty="constructor"} 1',
    );
  });
});
