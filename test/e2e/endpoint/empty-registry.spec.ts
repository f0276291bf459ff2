import { onBothPlatforms } from '../../support/harness.js';
import { Judges } from '../../support/judges.js';
import { describeWithRealTools } from '../../support/with-real-tools.js';

const FORMATS = [
  ['text/plain', 'text', ''],
  ['application/openmetrics-text', 'openmetrics', '# EOF\n'],
] as const;

describe('an empty registry', () => {
  onBothPlatforms('is valid in both formats', async ({ start }) => {
    const app = await start({ options: { exportDefaults: false } });
    app.registry.clear();
    for (const [accept, , body] of FORMATS) {
      const scrape = await app.scrape({ accept });
      expect([scrape.status, scrape.body, scrape.samples]).toEqual([200, body, []]);
      expect(await app.service.generateMetrics({ accept })).toMatchObject({ body });
    }
    expect((await app.request('HEAD', '/metrics')).status).toBe(200);
  });

  onBothPlatforms('so is an answer without what was asked for', async ({ start }) => {
    const app = await start();
    for (const [accept, , body] of FORMATS) {
      expect((await app.scrape({ accept, names: ['nothing_of_this_name'] })).body).toBe(body);
      expect((await app.service.generateMetrics({ accept, names: [] })).body).toBe(body);
    }
  });
});

describeWithRealTools('an empty registry, to the judges', (tools) => {
  onBothPlatforms('is valid in both formats', async ({ start }) => {
    const judges = new Judges(tools);
    const app = await start();
    app.registry.clear();
    await judges.promtoolCheck((await app.scrape()).body);
    for (const [accept, format] of FORMATS) {
      const { body } = await app.scrape({ accept });
      expect(await judges.pythonParse(body, format)).toEqual([]);
    }
  });
});
