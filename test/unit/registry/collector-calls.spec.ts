import {
  CollectorCalls,
  CollectTimeoutError,
  type ReadableMetric,
} from '../../../lib/registry/collector-calls.js';
import { Deadline } from '../../../lib/registry/deadline.js';

const FAR = 3_600_000;

function metricThatWaits(): ReadableMetric & { calls: number; end(): void } {
  const waiting: (() => void)[] = [];
  const metric = {
    name: 'm',
    calls: 0,
    get: () => {
      metric.calls += 1;
      return new Promise<{ name: string }>((resolve) => {
        waiting.push(() => resolve({ name: `m${metric.calls}` }));
      });
    },
    end: () => waiting.shift()?.(),
  };
  return metric;
}

describe('CollectorCalls', () => {
  it('does not wait again for a call that was given up, until it has ended', async () => {
    const calls = new CollectorCalls();
    const metric = metricThatWaits();
    await expect(calls.read(metric, new Deadline(1))).rejects.toThrow(CollectTimeoutError);
    const patient = new Deadline(FAR);
    await expect(calls.read(metric, patient)).rejects.toThrow(CollectTimeoutError);
    metric.end();
    await new Promise((resolve) => setImmediate(resolve));
    const next = calls.read(metric, patient);
    metric.end();
    expect(await next).toEqual({ name: 'm2' });
    patient.clear();
  });

  it('does not give up a call for a scraper that went away', async () => {
    const calls = new CollectorCalls();
    const metric = metricThatWaits();
    const gone = new AbortController();
    const hasty = new Deadline(FAR, gone.signal);
    const left = calls.read(metric, hasty);
    const patient = new Deadline(FAR);
    gone.abort();
    expect(await left).toBeUndefined();
    const next = calls.read(metric, patient);
    metric.end();
    expect(await next).toEqual({ name: 'm1' });
    for (const deadline of [hasty, patient]) deadline.clear();
  });

  it('fails for what is no family, and asks again', async () => {
    const calls = new CollectorCalls();
    const metric = { name: 'odd', get: (): never => null as never };
    const deadline = new Deadline(FAR);
    for (let round = 0; round < 2; round++) {
      await expect(calls.read(metric, deadline)).rejects.toThrow('gave no samples');
    }
    deadline.clear();
  });
});
