import { Registry } from 'prom-client';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { PrometheusConfigError } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

describe('faults 8 and 9: what is refused', () => {
  onBothPlatforms('8: label names of others, at the start and later', async ({ start }) => {
    const registry = new Registry();
    const app = await start({ options: { registry } });
    const before = registry.getMetricsAsArray().length;
    for (const name of ['__x', 'le', 'quantile', 'a-b', '1', '', 'é']) {
      const info = (): unknown => app.service.info('app_info', 'App.', { [name]: 1 });
      expect(info).toThrow(PrometheusConfigError);
      expect(info).toThrow(/`labels` expects a label name/);
    }
    const odd = [() => 1, {}, null] as never[];
    for (const value of odd) {
      expect(() => app.service.info('app_info', 'App.', { a: value })).toThrow(
        PrometheusConfigError,
      );
    }
    for (const name of ['', '1a', 'a b', 'a-b', 'é', undefined as never]) {
      expect(() => app.service.info(name, 'App.')).toThrow(/`name` expects a metric name/);
    }
    for (const help of [undefined, '', 5] as never[]) {
      expect(() => app.service.info('app_info', help)).toThrow(/`help` expects/);
    }
    expect(registry.getMetricsAsArray()).toHaveLength(before);
  });

  it('9: a counter keeps its value whatever it is given', () => {
    const series = new CounterMetric({ name: 'c', help: 'C.' }).labels([]);
    series.inc(2);
    for (const by of [NaN, -1, Infinity, -Infinity, '', '1', null, {}, [], 5n] as number[]) {
      try {
        series.inc(by);
      } catch {
        // A refusal in either form; the value counts.
      }
      expect(series.value).toBe(2);
    }
    series.inc();
    expect(series.value).toBe(3);
  });
});
