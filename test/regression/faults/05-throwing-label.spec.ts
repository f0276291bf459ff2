import { Controller, Get } from '@nestjs/common';
import { Counter, Gauge, Histogram, Summary, type LabelValue } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const circular: Record<string, unknown> = {};
circular['self'] = circular;

/** Fault 5 and fault 6: what a label function may do instead of giving a label value. */
const ODD: readonly [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('no label');
    },
  ],
  [
    'throws no error',
    () => {
      throw 'no label';
    },
  ],
  ['gives a symbol', () => Symbol('label')],
  ['gives a circular object', () => circular],
  ['gives an object without a prototype', () => Object.create(null)],
  ['gives a function', () => () => 'label'],
];

describe.each(ODD)('faults 5 and 6: a label function that %s', (_, odd) => {
  onBothPlatforms('leaves the response alone and is counted', async ({ start, logs }) => {
    const labels = { odd: odd as LabelValue };
    @Controller('a')
    class AController {
      @Get()
      @Counter('calls', 'Calls', { labels })
      @Gauge('busy', 'Calls in progress', { labels })
      @Histogram('seconds', 'Duration', { labels })
      @Summary('brief_seconds', 'Duration', { labels })
      handle(): string {
        return 'untouched';
      }
    }
    const app = await start({ controllers: [AController] });
    for (let i = 0; i < 2; i++) {
      const response = await app.get('/a');
      expect([response.status, response.body]).toEqual([200, 'untouched']);
    }
    await app.expectSample('calls_total', { odd: '' }, 2);
    await app.expectSample('busy', { odd: '' }, 0);
    await app.expectSample('seconds_count', { odd: '' }, 2);
    await app.expectSample('brief_seconds_count', { odd: '' }, 2);
    for (const metric of ['calls_total', 'busy', 'seconds', 'brief_seconds']) {
      await app.expectSample('nestjs_exporter_label_errors_total', { metric }, 2);
      expect(logs.warnings.filter((text) => text.includes(`"${metric}"`))).toHaveLength(1);
    }
  });
});
