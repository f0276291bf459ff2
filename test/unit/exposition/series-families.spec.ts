import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { BUCKETS } from '../../../lib/metrics/layout.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';
import { bodyOf, openMetricsOf, sampleLines } from './exposition-reader.js';

function histogram(buckets: number[], labelNames: string[] = []): HistogramMetric {
  return new HistogramMetric({ name: 'work_seconds', help: 'Work.', labelNames, buckets });
}

describe('families of the series store', () => {
  it('an empty body is valid in both formats', async () => {
    expect(await bodyOf([])).toBe('');
    expect(await openMetricsOf([])).toBe('# EOF\n');
  });

  it('writes a counter with the same samples, its family without _total in OpenMetrics', async () => {
    const counter = new CounterMetric({ name: 'jobs_total', help: 'Jobs.', labelNames: ['kind'] });
    counter.labels(['a']).inc(2);
    expect(await bodyOf([counter])).toBe(
      '# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total{kind="a"} 2\n',
    );
    expect(await openMetricsOf([counter])).toBe(
      '# HELP jobs Jobs.\n# TYPE jobs counter\njobs_total{kind="a"} 2\n# EOF\n',
    );
  });

  it('writes cumulative buckets, +Inf equal to _count, then _sum and _count', async () => {
    const metric = histogram([0.5, 1, 1e6], ['path']);
    const series = metric.labels(['/']);
    for (const value of [0.2, 0.7, 0.7, 2e6]) series.observe(value);
    expect(sampleLines(await bodyOf([metric]))).toEqual([
      'work_seconds_bucket{path="/",le="0.5"} 1',
      'work_seconds_bucket{path="/",le="1.0"} 3',
      'work_seconds_bucket{path="/",le="1e+06"} 3',
      'work_seconds_bucket{path="/",le="+Inf"} 4',
      'work_seconds_sum{path="/"} 2000001.6',
      'work_seconds_count{path="/"} 4',
    ]);
    expect(sampleLines(await openMetricsOf([metric]))).toEqual(sampleLines(await bodyOf([metric])));
  });

  it('writes series without labels', async () => {
    const metric = histogram([1]);
    metric.labels([]).observe(3);
    const gauge = new GaugeMetric({ name: 'temperature', help: 'T.' });
    gauge.labels([]).set(-Infinity);
    expect(sampleLines(await bodyOf([metric, gauge]))).toEqual([
      'work_seconds_bucket{le="1.0"} 0',
      'work_seconds_bucket{le="+Inf"} 1',
      'work_seconds_sum 3',
      'work_seconds_count 1',
      'temperature -Inf',
    ]);
  });

  it('writes labels of any length after each other, in any characters', async () => {
    const metric = histogram([1], ['path']);
    const paths = [
      '/a',
      `/${'long'.repeat(60)}`,
      '/b',
      '/ä€🙂',
      '/abcd',
      `/${'日'.repeat(200)}`,
      '',
    ];
    for (const path of paths) metric.labels([path]).observe(0.5);
    expect(sampleLines(await bodyOf([metric]))).toEqual(
      paths.flatMap((path) => [
        `work_seconds_bucket{path="${path}",le="1.0"} 1`,
        `work_seconds_bucket{path="${path}",le="+Inf"} 1`,
        `work_seconds_sum{path="${path}"} 0.5`,
        `work_seconds_count{path="${path}"} 1`,
      ]),
    );
  });

  it.each([0, 9, 10, 99, 100, 123_456_789, 999_999_999, 1e9, 2 ** 53, 1e21])(
    'writes a count of %d as JavaScript does',
    async (count) => {
      const metric = histogram([]);
      const { values, offset } = metric.labels([]);
      values[offset + BUCKETS] = count;
      expect(sampleLines(await bodyOf([metric])).at(-1)).toBe(`work_seconds_count ${count}`);
    },
  );

  it('writes quantiles before _sum and _count', async () => {
    const summary = new SummaryMetric({ name: 's', help: 'S.', percentiles: [0.5, 1] });
    summary.labels([]);
    expect(sampleLines(await openMetricsOf([summary]))).toEqual([
      's{quantile="0.5"} NaN',
      's{quantile="1.0"} NaN',
      's_sum 0',
      's_count 0',
    ]);
  });

  it('escapes help texts as each format asks', async () => {
    const gauge = new GaugeMetric({ name: 'g', help: 'a\\b\n"c"' });
    expect(await bodyOf([gauge])).toContain('# HELP g a\\\\b\\n"c"\n');
    expect(await openMetricsOf([gauge])).toContain('# HELP g a\\\\b\\n\\"c\\"\n');
  });

  it('adds default labels where a metric has no label of that name', async () => {
    const gauge = new GaugeMetric({ name: 'g', help: 'G.', labelNames: ['app'] });
    gauge.labels(['own']).set(1);
    const metric = histogram([1]);
    metric.labels([]);
    const defaultLabels = { app: 'all', region: 'e"u', le: '5', '0bad': 'x' };
    expect(sampleLines(await bodyOf([gauge, metric], { defaultLabels }))).toEqual([
      'g{app="own",region="e\\"u",le="5"} 1',
      'work_seconds_bucket{app="all",region="e\\"u",le="1.0"} 0',
      'work_seconds_bucket{app="all",region="e\\"u",le="+Inf"} 0',
      'work_seconds_sum{app="all",region="e\\"u"} 0',
      'work_seconds_count{app="all",region="e\\"u"} 0',
    ]);
  });

  it.each([
    ['negative bounds', [-1, 1], 0],
    ['a negative sum', [1], -3],
  ])('a histogram with %s has no type in OpenMetrics', async (_, buckets, value) => {
    const metric = histogram(buckets);
    metric.labels([]).observe(value);
    expect(await bodyOf([metric])).toContain('# TYPE work_seconds histogram\n');
    const body = await openMetricsOf([metric]);
    expect(body.match(/# TYPE .*/g)).toEqual([
      '# TYPE work_seconds_bucket unknown',
      '# TYPE work_seconds_sum unknown',
      '# TYPE work_seconds_count unknown',
    ]);
    expect(sampleLines(body)).toEqual(sampleLines(await bodyOf([metric])));
  });
});

describe('the name filter', () => {
  const counter = new CounterMetric({ name: 'jobs_total', help: 'Jobs.' });
  counter.labels([]);
  const metric = histogram([1]);
  metric.labels([]);
  const lines = async (...names: string[]) =>
    sampleLines(await bodyOf([counter, metric], { names: new Set(names) }));

  it.each(['jobs', 'jobs_total'])('keeps the counter named %s', async (name) => {
    expect(await lines(name)).toEqual(['jobs_total 0']);
  });

  it('keeps a whole histogram by its name', async () => {
    expect(await lines('work_seconds')).toHaveLength(4);
  });

  it('keeps samples of exactly one name', async () => {
    expect(await lines('work_seconds_count')).toEqual(['work_seconds_count 0']);
    const names = new Set(['work_seconds_count']);
    expect(await openMetricsOf([counter, metric], { names })).toBe(
      '# HELP work_seconds_count Work.\n# TYPE work_seconds_count unknown\nwork_seconds_count 0\n# EOF\n',
    );
  });

  it('gives an empty, valid body when no name is known', async () => {
    const names = new Set(['nothing', '__proto__']);
    expect(await bodyOf([counter, metric], { names })).toBe('');
    expect(await openMetricsOf([counter, metric], { names })).toBe('# EOF\n');
  });
});
