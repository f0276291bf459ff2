import type { Family } from '../../../lib/exposition/family.js';
import type { ExpositionProblem } from '../../../lib/exposition/problems.js';
import { bodyOf, openMetricsOf, readExposition, sampleLines } from './exposition-reader.js';

const simple = (name: string, type: string): Family => ({
  name,
  type,
  values: [{ labels: {}, value: 1 }],
});
const histogram = (name: string): Family => ({
  name,
  type: 'histogram',
  values: [
    { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: 1 },
    { metricName: `${name}_sum`, value: 1 },
    { metricName: `${name}_count`, value: 1 },
  ],
});

function types(body: string): string[] {
  return readExposition(body).map(({ name, type }) => `${name} ${type}`);
}

describe('names that clash', () => {
  it.each<[string, Family[], string[], string[]]>([
    [
      'gauge, then counter with _total',
      [simple('foo', 'gauge'), simple('foo_total', 'counter')],
      ['foo gauge', 'foo_total counter'],
      ['foo gauge', 'foo_total unknown'],
    ],
    [
      'counter with _total, then gauge',
      [simple('foo_total', 'counter'), simple('foo', 'gauge')],
      ['foo_total counter', 'foo gauge'],
      ['foo_total unknown', 'foo gauge'],
    ],
    [
      'counter, then a gauge that has the name of its creation time',
      [simple('foo_total', 'counter'), simple('foo_created', 'gauge')],
      ['foo_total counter', 'foo_created gauge'],
      ['foo_total unknown', 'foo_created gauge'],
    ],
    [
      'histogram and counter of one OpenMetrics name',
      [histogram('foo'), simple('foo_total', 'counter')],
      ['foo histogram', 'foo_total counter'],
      ['foo histogram', 'foo_total unknown'],
    ],
    [
      'a family without samples gives way',
      [{ name: 'foo', type: 'gauge', values: [] }, simple('foo', 'counter')],
      ['foo counter'],
      ['foo unknown'],
    ],
  ])('%s: all samples are there in both formats', async (_, families, text, openMetrics) => {
    expect(types(await bodyOf(families))).toEqual(text);
    expect(types(await openMetricsOf(families))).toEqual(openMetrics);
    expect(sampleLines(await openMetricsOf(families))).toEqual(sampleLines(await bodyOf(families)));
  });

  it.each<[string, Family[], string[], string]>([
    [
      'histogram, then counter',
      [histogram('foo'), simple('foo_count', 'counter')],
      ['foo_bucket', 'foo_sum', 'foo_count'],
      'foo_count',
    ],
    [
      'counter, then histogram',
      [simple('foo_count', 'counter'), histogram('foo')],
      ['foo_count', 'foo_bucket', 'foo_sum'],
      'foo',
    ],
    ['two gauges of one name', [simple('foo', 'gauge'), simple('foo', 'gauge')], ['foo'], 'foo'],
  ])(
    '%s: each sample name is written once and the loss reported',
    async (_, families, names, loser) => {
      for (const render of [bodyOf, openMetricsOf]) {
        const problems: ExpositionProblem[] = [];
        const body = await render(families, { onProblem: (problem) => problems.push(problem) });
        readExposition(body);
        expect(sampleLines(body).map((line) => line.split(/[ {]/)[0])).toEqual(names);
        expect(problems).toEqual([
          { family: loser, fault: 'clash', sample: expect.any(String), count: 1 },
        ]);
      }
    },
  );
});
