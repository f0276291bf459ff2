import * as fc from 'fast-check';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { labelSetText } from '../../../lib/metrics/label-text.js';
import { Judges } from '../../support/judges.js';
import { parseExposition } from '../../support/parse-exposition.js';
import { parseSample } from '../../support/parse-sample.js';
import { describeWithRealTools } from '../../support/with-real-tools.js';
import { TEN_THOUSAND, trickyText, wellFormed } from '../../support/tricky-text.js';
import { bodyOf, openMetricsOf } from './exposition-reader.js';

const metricName = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,9}$/);
const labelName = fc
  .stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/)
  .filter((name) => !name.startsWith('__') && name !== 'le' && name !== 'quantile');

const FORMATS = [
  ['text', bodyOf],
  ['openmetrics', openMetricsOf],
] as const;

describe.each(FORMATS)('what is written as %s reads back the same', (format, render) => {
  it('any label values', () => {
    fc.assert(
      fc.property(trickyText, trickyText, (a, b) => {
        const [first, second] = [wellFormed(a), wellFormed(b)];
        const line = `m{${labelSetText(['a', 'b'], [first, second])}} 1`;
        expect(line).not.toContain('\n');
        expect(parseSample(line, format).labels).toEqual({ a: first, b: second });
      }),
      TEN_THOUSAND,
    );
  });

  it('any names, help texts, label values and numbers', async () => {
    const labels = fc.uniqueArray(fc.tuple(labelName, trickyText), {
      selector: ([name]) => name,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(
        metricName,
        trickyText,
        labels,
        fc.double(),
        async (name, help, set, value) => {
          const labelNames = set.map(([label]) => label);
          const values = set.map(([, text]) => text);
          const gauge = new GaugeMetric({ name, help, labelNames });
          gauge.labels(values).set(value);
          const counter = new CounterMetric({ name: `${name}_c_total`, help, labelNames });
          counter.labels(values).inc(value);
          const { samples, families } = parseExposition(await render([gauge, counter]), format);
          const expected = Object.fromEntries(
            set.map(([label, text]) => [label, wellFormed(text)]),
          );
          const isCounted = value >= 0 && value < Infinity;
          expect(samples.map((sample) => [sample.name, sample.labels, sample.value + 0])).toEqual([
            [name, expected, Number.isNaN(value) ? 0 : value + 0],
            [`${name}_c_total`, expected, isCounted ? value + 0 : 0],
          ]);
          const helps = [...families.values()].map((family) => family.help ?? '');
          expect(helps).toEqual([wellFormed(help), wellFormed(help)]);
        },
      ),
      TEN_THOUSAND,
    );
  });
});

describeWithRealTools('what is written reads back the same by the Python client', (tools) => {
  it.each(FORMATS)('10,000 label values and numbers as %s', async (format, render) => {
    const series = fc.array(fc.tuple(trickyText, trickyText, fc.double({ noNaN: true })), {
      minLength: 10_000,
      maxLength: 10_000,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(series, trickyText, async (list, help) => {
        const labelNames = ['a', 'b'];
        const gauge = new GaugeMetric({ name: 'g', help, labelNames, maxSeries: 20_000 });
        const model = new Map<string, number>();
        for (const [a, b, value] of list) {
          gauge.labels([a, b]).set(value);
          model.set(JSON.stringify([a, b].map(wellFormed)), value + 0);
        }
        const [family] = await new Judges(tools).pythonParse(await render([gauge]), format);
        const read = (family?.samples ?? []).map(({ labels, value }) => [
          JSON.stringify([labels['a'], labels['b']]),
          value + 0,
        ]);
        expect(read).toHaveLength(model.size);
        expect(Object.fromEntries(read)).toEqual(Object.fromEntries(model));
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });
});
