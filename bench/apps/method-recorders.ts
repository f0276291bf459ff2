import { ModulesContainer } from '@nestjs/core';
import { METER } from '../../lib/decorators/measured-method.js';
import { Counter, Histogram } from '../../lib/decorators/metric.decorators.js';
import { ApplicationMeter } from '../../lib/handlers/method-calls.js';
import { methodRun } from '../../lib/handlers/method-run.js';
import { planOf } from './decorator-recorders.js';

const COUNTED = Counter('sums', 'Calls');
const TIMED = Histogram('sums_seconds', 'Seconds of calls');

class BareSums {
  sum = 0;

  add(value: number): number {
    this.sum += value;
    return this.sum;
  }
}

class DecoratedSums {
  sum = 0;

  @COUNTED
  @TIMED
  add(value: number): number {
    this.sum += value;
    return this.sum;
  }
}

/** Calls of a method of a provider. */
export const METHOD_CALLS = {
  'method, bare': () => {
    const sums = new BareSums();
    return (i: number): void => void sums.add(i);
  },
  'method, decorated': () => {
    const meter = new ApplicationMeter();
    const run = methodRun(planOf([COUNTED, TIMED]));
    meter.connect(() => run, new ModulesContainer());
    // As Nest injects it.
    const sums = Object.assign(new DecoratedSums(), { [METER]: meter });
    return (i: number): void => void sums.add(i);
  },
};
