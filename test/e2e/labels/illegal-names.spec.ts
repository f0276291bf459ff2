import { Controller } from '@nestjs/common';
import { Registry } from 'prom-client';
import {
  Counter,
  Gauge,
  Histogram,
  PrometheusConfigError,
  PrometheusModule,
  Summary,
} from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

const NAMES = ['__x', '__name__', 'le', 'quantile', 'a-b', 'a b', '1', '', 'é', 'a\n'];
const VALUES = [{}, [], null, undefined, Symbol('a'), 1n] as never[];

describe('label names that are reserved or illegal', () => {
  onBothPlatforms('in the default labels fail the start', async ({ start }) => {
    for (const name of NAMES) {
      const registry = new Registry();
      const started = start({ options: { registry, defaultLabels: { [name]: 'x' } } });
      await expect(started).rejects.toThrow(PrometheusConfigError);
      await expect(started).rejects.toThrow(/option `defaultLabels` expects a label name/);
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
    for (const name of NAMES) {
      const registry = new Registry();
      await expect(start({ options: { registry, groupBy: name } })).rejects.toThrow(
        /option `groupBy` expects/,
      );
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
  });

  onBothPlatforms('in forFeature() fail the start', async ({ start }) => {
    for (const type of ['counter', 'gauge', 'histogram', 'summary'] as const) {
      for (const name of NAMES) {
        const registry = new Registry();
        const feature = PrometheusModule.forFeature([
          { type, name: 'jobs', help: 'Jobs', labelNames: ['a', name] },
        ]);
        const started = start({ imports: [feature], options: { registry } });
        await expect(started).rejects.toThrow(PrometheusConfigError);
        await expect(started).rejects.toThrow(
          /Metric "jobs": expected for `labelNames` a label name/,
        );
        expect(registry.getMetricsAsArray()).toEqual([]);
      }
    }
  });

  it('in a decorator fail when the class is made', () => {
    for (const decorator of [Counter, Gauge, Histogram, Summary]) {
      for (const name of NAMES) {
        const declare = (): unknown => {
          @Controller('a')
          @decorator('calls', 'Calls', { labels: { [name]: 'x' } })
          class AController {}
          return AController;
        };
        expect(declare).toThrow(PrometheusConfigError);
        expect(declare).toThrow(/Metric "calls": expected for `labels` a label name/);
      }
      for (const value of VALUES) {
        expect(() => decorator('calls', 'Calls', { labels: { a: value } })).toThrow(
          /Metric "calls": expected for `labels.a` a string, number, boolean or function/,
        );
      }
    }
  });

  onBothPlatforms('in info() are refused, later as well', async ({ start }) => {
    const registry = new Registry();
    const app = await start({ options: { registry } });
    const before = registry.getMetricsAsArray().length;
    for (const name of NAMES) {
      const info = (): unknown => app.service.info('app_info', 'App.', { [name]: 1 });
      expect(info).toThrow(PrometheusConfigError);
      expect(info).toThrow(/`labels` expects a label name/);
    }
    for (const value of [() => 1, ...VALUES] as never[]) {
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
});
