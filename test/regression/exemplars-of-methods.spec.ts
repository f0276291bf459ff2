import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from '../../lib/index.js';
import { onBothPlatforms } from '../support/harness.js';

@Injectable()
class Stock {
  @Counter('taken', 'Calls')
  @Histogram('taken_seconds', 'Seconds', { buckets: [60] })
  take(): number {
    return 1;
  }

  @Counter('sent', 'Calls')
  send(): Promise<number> {
    return Promise.resolve(1);
  }
}

const exemplars = (): Record<string, string> => ({ trace_id: 'abc' });

describe('a method of a provider whose metrics have no labels', () => {
  onBothPlatforms('has exemplars', async ({ start }) => {
    const app = await start({ providers: [Stock], options: { exemplars } });
    app.provider(Stock).take();
    await app.provider(Stock).send();
    const { body } = await app.scrape({ accept: 'application/openmetrics-text' });
    expect(body).toMatch(/^taken_total 1 # \{trace_id="abc"\} 1 /m);
    expect(body).toMatch(/^taken_seconds_bucket\{le="60.0"\} 1 # \{trace_id="abc"\} /m);
    expect(body).toMatch(/^sent_total 1 # \{trace_id="abc"\} 1 /m);
  });
});
