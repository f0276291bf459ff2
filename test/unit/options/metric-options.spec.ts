import { PrometheusConfigError } from '../../../lib/core/errors.js';
import { Counter, Gauge, Histogram, Summary, type CustomMetric } from '../../../lib/index.js';
import { metricDeclaration } from '../../../lib/injected/metric-declaration.js';

const DECORATORS = { counter: Counter, gauge: Gauge, histogram: Histogram, summary: Summary };

type MetricType = keyof typeof DECORATORS;

/** What is wrong whoever declares a metric, by the option that the message names. */
const WRONG: readonly [MetricType, string, object][] = [
  ['counter', 'name', { name: 'a b' }],
  ['counter', 'name', { name: undefined }],
  ['counter', 'help', { help: '' }],
  ['counter', 'help', { help: 5 }],
  ['counter', 'maxSeries', { maxSeries: 0 }],
  ['gauge', 'maxSeries', { maxSeries: '10' }],
  ['gauge', 'multiprocessMode', { multiprocessMode: 'average' }],
  ['histogram', 'buckets', { buckets: [2, 1] }],
  ['histogram', 'buckets', { buckets: [] }],
  ['histogram', 'buckets', { buckets: null }],
  ['histogram', 'native', { native: 'yes' }],
  ['histogram', 'native.maxBuckets', { native: { maxBuckets: 0.5 } }],
  ['summary', 'percentiles', { percentiles: [0.9, 0.5] }],
  ['summary', 'percentiles', { percentiles: [0.5, 0.5] }],
  ['summary', 'percentiles', { percentiles: [1.5] }],
  ['summary', 'percentiles', { percentiles: ['0.5'] }],
  ['summary', 'maxAgeSeconds', { maxAgeSeconds: 0 }],
  ['summary', 'maxAgeSeconds', { maxAgeSeconds: '60' }],
  ['summary', 'ageBuckets', { ageBuckets: 2.5 }],
];

const RIGHT: readonly [MetricType, object][] = [
  ['counter', { maxSeries: 1 }],
  ['gauge', { multiprocessMode: 'livemostrecent' }],
  ['histogram', { buckets: [-1, 0, 1.5], native: true }],
  ['histogram', { native: { classicBuckets: false } }],
  ['summary', { percentiles: [], maxAgeSeconds: 0.5, ageBuckets: 1 }],
  ['summary', { percentiles: [0, 0.5, 1] }],
];

function decorate(type: MetricType, given: Record<string, unknown>): unknown {
  const { name, help, ...options } = { name: 'a_metric', help: 'Help', ...given };
  return DECORATORS[type](name, help, options);
}

function feature(type: MetricType, given: Record<string, unknown>): unknown {
  const metric = { type, name: 'a_metric', help: 'Help', ...given };
  return metricDeclaration(metric as CustomMetric);
}

describe.each([
  ['a decorator', decorate],
  ['forFeature()', feature],
])('%s', (_, declare) => {
  it.each(WRONG)('refuses a %s with a wrong %s: %j', (type, option, given) => {
    const act = (): unknown => declare(type, given as Record<string, unknown>);
    expect(act).toThrow(PrometheusConfigError);
    expect(act).toThrow(new RegExp(`^Metric ".*": expected for \`${option}\` .*, got `));
  });

  it.each(RIGHT)('takes a %s with %j', (type, given) => {
    expect(() => declare(type, given as Record<string, unknown>)).not.toThrow();
  });
});

describe('forFeature()', () => {
  it.each<[string, object]>([
    ['type', { type: 'info' }],
    ['labelNames', { labelNames: ['le'] }],
    ['labelNames', { labelNames: ['a', 'a'] }],
    ['labelNames', { labelNames: 'a' }],
    ['inject', { inject: 'x' }],
    ['collect', { collect: 'x' }],
    ['aggregator', { aggregator: 'median' }],
    ['enableExemplars', { enableExemplars: 1 }],
  ])('refuses a wrong %s: %j', (option, given) => {
    expect(() => feature('counter', given as Record<string, unknown>)).toThrow(
      new RegExp(`^Metric "a_metric": expected for \`${option}\` .*\\(forFeature\\), got `),
    );
  });
});

describe('a decorator', () => {
  it.each<[string, object]>([
    ['labels', { labels: ['a'] }],
    ['labels', { labels: null }],
    ['labels', { labels: { __x: 1 } }],
    ['labels.a', { labels: { a: null } }],
    ['initialValue', { initialValue: 0 }],
  ])('refuses a wrong %s: %j', (option, given) => {
    expect(() => decorate('counter', given as Record<string, unknown>)).toThrow(
      new RegExp(`^Metric "a_metric": expected for \`${option}\` .*, got `),
    );
  });
});
