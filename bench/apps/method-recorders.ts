import { ModulesContainer } from '@nestjs/core';
import { METER } from '../../lib/decorators/measured-method.js';
import { Counter, Histogram } from '../../lib/decorators/metric.decorators.js';
import { ApplicationMeter } from '../../lib/handlers/method-calls.js';
import { methodRun } from '../../lib/handlers/method-run.js';
import { planOf } from './decorator-recorders.js';

const COUNTED = Counter('kept', 'Calls');
const TIMED = Histogram('kept_seconds', 'Seconds of calls');

class BareValues {
  last = 0;

  keep(value: number): number {
    this.last = value;
    return value;
  }
}

class DecoratedValues {
  last = 0;

  @COUNTED
  @TIMED
  keep(value: number): number {
    this.last = value;
    return value;
  }
}

/** Calls of a method of a provider. */
export const METHOD_CALLS = {
  'method, bare': () => {
    const values = new BareValues();
    return (i: number): void => void values.keep(i);
  },
  'method, decorated': () => {
    const meter = new ApplicationMeter();
    const run = methodRun(planOf([COUNTED, TIMED]));
    meter.connect(() => run, new ModulesContainer());
    // As Nest injects it.
    const values = Object.assign(new DecoratedValues(), { [METER]: meter });
    return (i: number): void => void values.keep(i);
  },
};
