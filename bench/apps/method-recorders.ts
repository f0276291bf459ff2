import { ModulesContainer } from '@nestjs/core';
import { METER } from '../../lib/decorators/measured-method.js';
import {
  Counter,
  Gauge,
  Histogram,
  Summary,
  type MetricDecorator,
} from '../../lib/decorators/metric.decorators.js';
import { ApplicationMeter } from '../../lib/handlers/method-calls.js';
import { methodRun } from '../../lib/handlers/method-run.js';
import { planOf } from './decorator-recorders.js';

class BareValues {
  last = 0;

  keep(value: number): number {
    this.last = value;
    return value;
  }
}

const TWO = [Counter('kept', 'Calls'), Histogram('kept_seconds', 'Seconds of calls')];

/** Metrics of methods that differ in what is done for a call. */
const SEVERAL = [
  TWO,
  [Counter('asked', 'Calls'), Gauge('asking', 'Calls in progress')],
  [Summary('sent_seconds', 'Seconds of calls')],
  [Histogram('read_seconds', 'Seconds of calls'), Gauge('reading', 'Calls in progress')],
  [Counter('found', 'Calls')],
  [Counter('made', 'Calls', { labels: { of: 'wood' } }), Histogram('made_seconds', 'Seconds')],
];

/** An instance of a class of its own, as Nest makes it. */
function decorated(decorators: readonly MetricDecorator[]): BareValues {
  class Values extends BareValues {
    override keep(value: number): number {
      this.last = value;
      return value;
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Values.prototype, 'keep');
  for (const decorator of decorators) {
    decorator(Values.prototype, 'keep', descriptor as PropertyDescriptor);
  }
  const meter = new ApplicationMeter();
  const run = methodRun(planOf(decorators));
  meter.connect(() => run, new ModulesContainer());
  return Object.assign(new Values(), { [METER]: meter });
}

/** Calls of methods of providers. */
export const METHOD_CALLS = {
  'method, bare': () => {
    const values = new BareValues();
    return (i: number): void => void values.keep(i);
  },
  'method, decorated': () => {
    const values = decorated(TWO);
    return (i: number): void => void values.keep(i);
  },
  'methods in turn, decorated': () => {
    const all = SEVERAL.map(decorated);
    return (i: number): void => void (all[i % all.length] as BareValues).keep(i);
  },
};
