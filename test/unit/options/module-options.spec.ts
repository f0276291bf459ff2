import { Registry } from 'prom-client';
import { PrometheusConfigError } from '../../../lib/core/errors.js';
import { nativeSettingsFor } from '../../../lib/options/native-histogram-options.js';
import type { PrometheusModuleOptions } from '../../../lib/options/prometheus-options.js';
import { resolveOptions, type ResolvedOptions } from '../../../lib/options/resolve-options.js';

const registry = new Registry();

function resolved(options: object, warn: (message: string) => void = fail): ResolvedOptions {
  return resolveOptions(options as PrometheusModuleOptions, { registry }, warn);
}

function fail(message: string): never {
  throw new Error(`unexpected warning: ${message}`);
}

describe('options of the module', () => {
  it('have defaults', () => {
    expect(resolved({})).toEqual({
      path: '/metrics',
      useGlobalPrefix: false,
      exportDefaults: true,
      defaultMetrics: {
        prefix: 'nestjs_',
        groupBy: 'path',
        buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        latencyAsHistogram: true,
      },
      defaultLabels: {},
      excludeUserDefaults: true,
      guards: [],
      endpoint: expect.objectContaining({ timeoutSeconds: 5 }),
      registry,
      processMetrics: {
        prefix: '',
        labels: {},
        gcDurationBuckets: [0.001, 0.01, 0.1, 1, 2, 5],
        eventLoopMonitoringPrecision: 10,
      },
      maxSeries: 2000,
      handlers: true,
      exemplars: false,
      interceptor: 'auto',
    });
  });

  const URL = 'http://push:9091';
  it.each<[object, object]>([
    [{ path: null }, { path: undefined }],
    [{ path: 'm/' }, { path: '/m' }],
    [{ processMetrics: false }, { processMetrics: undefined }],
    [{ outgoing: true }, { outgoing: { http: true, databases: true } }],
    [{ outgoing: { http: false } }, { outgoing: { http: false, databases: true } }],
    [{ outgoing: false }, { outgoing: undefined }],
    [
      { nativeHistograms: true },
      {
        nativeHistograms: {
          bucketFactor: 1.1,
          maxBuckets: 160,
          zeroThreshold: 2 ** -128,
          classicBuckets: true,
        },
      },
    ],
    [{ nativeHistograms: { zeroThreshold: 0 } }, { nativeHistograms: { zeroThreshold: 0 } }],
    [{ page: true }, { page: { path: '/metrics/live', guards: undefined } }],
    [{ page: true, path: '/' }, { page: { path: '/live' } }],
    [{ page: { path: '/board', guards: [] } }, { page: { path: '/board', guards: [] } }],
    [
      { pushgateway: { url: URL, jobName: 'nightly' } },
      { pushgateway: { url: URL, jobName: 'nightly', groupings: {}, headers: {} } },
    ],
    [{ server: { port: 1, lingerSeconds: 30 } }, { server: { lingerSeconds: 30 } }],
    [{ exemplars: true }, { exemplars: true }],
  ])('%j are understood', (given, expected) => {
    expect(resolved(given)).toMatchObject(expected);
  });

  it.each<[string, object]>([
    ['handlers', { handlers: 'cron' }],
    ['outgoing', { outgoing: 'http' }],
    ['outgoing', { outgoing: { database: true } }],
    ['outgoing.http', { outgoing: { http: 1 } }],
    ['nativeHistograms', { nativeHistograms: 1.1 }],
    ['nativeHistograms.bucketFactor', { nativeHistograms: { bucketFactor: 1 } }],
    ['nativeHistograms.maxBuckets', { nativeHistograms: { maxBuckets: 0 } }],
    ['nativeHistograms.zeroThreshold', { nativeHistograms: { zeroThreshold: -1 } }],
    ['nativeHistograms.classicBuckets', { nativeHistograms: { classicBuckets: null } }],
    ['exemplars', { exemplars: { trace_id: 'x' } }],
    ['page', { page: 'x' }],
    ['page', { page: true, path: null }],
    ['page.path', { page: { path: '/metrics' } }],
    ['page.path', { page: { path: '/:id' } }],
    ['page.guards', { page: { guards: 'x' } }],
    ['pushgateway', { pushgateway: true }],
    ['pushgateway.url', { pushgateway: { jobName: 'j' } }],
    ['pushgateway.url', { pushgateway: { url: 'push:9091', jobName: 'j' } }],
    ['pushgateway.jobName', { pushgateway: { url: URL, jobName: '' } }],
    ['pushgateway.groupings', { pushgateway: { url: URL, jobName: 'j', groupings: { job: 'x' } } }],
    ['pushgateway.headers.a', { pushgateway: { url: URL, jobName: 'j', headers: { a: 1 } } }],
    [
      'pushgateway.intervalSeconds',
      { pushgateway: { url: URL, jobName: 'j', intervalSeconds: 0 } },
    ],
    ['processMetrics.prefix', { processMetrics: { prefix: '1_' } }],
    ['processMetrics.labels.a', { processMetrics: { labels: { a: () => 'a' } } }],
    ['processMetrics.gcDurationBuckets', { processMetrics: { gcDurationBuckets: [2, 1] } }],
    [
      'processMetrics.eventLoopMonitoringPrecision',
      {
        processMetrics: { eventLoopMonitoringPrecision: 0 },
      },
    ],
  ])('%s is named when it is wrong', (option, given) => {
    expect(() => resolved(given)).toThrow(PrometheusConfigError);
    expect(() => resolved(given)).toThrow(`option \`${option}\` expects`);
  });

  it('show no credentials of a Pushgateway in an error', () => {
    for (const given of [
      { url: 'ftp://me:SECRET@push', jobName: 'j' },
      { url: URL, jobName: 'j', headers: 'SECRET' },
      { url: URL, jobName: 'j', headers: { a: ['SECRET'] } },
    ]) {
      expect(() => resolved({ pushgateway: given })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('SECRET') }),
      );
    }
  });

  it('have deprecated spellings, each with one warning', () => {
    const warnings: string[] = [];
    const warn = (message: string): void => void warnings.push(message);
    const old = {
      groupByEndpoint: true,
      staticLabels: { a: 1, b: 1 },
      defaultLabels: { b: 2, c: 2 },
    };
    const options = resolved(old, warn);
    expect(options.defaultMetrics.groupBy).toBe('endpoint');
    expect(options.defaultLabels).toEqual({ a: 1, b: 2, c: 2 });
    expect(warnings).toHaveLength(2);
    expect(resolved({ ...old, groupBy: 'route' }, warn).defaultMetrics.groupBy).toBe('route');
  });
});

it('a histogram is native as it says itself, or else as the module says', () => {
  const module = resolved({ nativeHistograms: { maxBuckets: 10 } }).nativeHistograms;
  const own = resolved({ nativeHistograms: { maxBuckets: 20 } }).nativeHistograms;
  expect(nativeSettingsFor(undefined, undefined)).toBeUndefined();
  expect(nativeSettingsFor(undefined, module)).toBe(module);
  expect(nativeSettingsFor(false, module)).toBeUndefined();
  expect(nativeSettingsFor(true, module)).toBe(module);
  expect(nativeSettingsFor(true, undefined)).toMatchObject({ maxBuckets: 160 });
  expect(nativeSettingsFor(own, module)).toBe(own);
});
