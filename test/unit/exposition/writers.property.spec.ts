import * as fc from 'fast-check';
import type { Family } from '../../../lib/exposition/family.js';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { HistogramMetric } from '../../../lib/metrics/histogram.js';
import { storedLabelValue } from '../../../lib/metrics/label-value.js';
import { samplesOfProtobuf } from '../../support/read-protobuf.js';
import {
  bodyOf,
  openMetricsOf,
  protobufOf,
  readExposition,
  sampleLines,
  type ReadSample,
} from './exposition-reader.js';

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
const trickyText = fc.string({
  unit: fc.constantFrom('"', '\\', '\n', '\r', '{', '}', ',', '=', ' ', '#', 'n', '\ud83d', 'é'),
  maxLength: 12,
});
const labelValue = fc.oneof(anyText, trickyText, fc.constant('__proto__'));
const identifier = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,6}$/);
const labelNames = fc.uniqueArray(identifier, { maxLength: 4 });
const value = fc.double();

/** A sample as one text, the same for equal samples. */
function keyOf({ name, labels, value: number }: ReadSample): string {
  return JSON.stringify([name, Object.entries(labels).sort(), String(number)]);
}

function withoutEmptyLabels(sample: ReadSample): ReadSample {
  const set = Object.entries(sample.labels).filter(([, text]) => text !== '');
  return { ...sample, labels: Object.fromEntries(set) };
}

function samplesOf(body: string): string[] {
  return readExposition(body).flatMap(({ samples }) => samples.map(keyOf));
}

describe('what is written can be read back', () => {
  it('gauges and counters of the series store, with any label values', async () => {
    await fc.assert(
      fc.asyncProperty(
        labelNames,
        fc.array(fc.tuple(fc.array(labelValue, { minLength: 4, maxLength: 4 }), value)),
        anyText,
        async (names, series, help) => {
          const gauge = new GaugeMetric({ name: 'g', help, labelNames: names });
          const expected = new Map<string, ReadSample>();
          for (const [values, number] of series) {
            const own = values.slice(0, names.length);
            gauge.labels(own).set(number);
            const labels: Record<string, string> = Object.create(null) as Record<string, string>;
            for (const [i, name] of names.entries()) {
              labels[name] = storedLabelValue(own[i] as string);
            }
            const current = gauge.find(own.map(storedLabelValue))?.value as number;
            const sample = { name: 'g', labels, value: current === 0 ? 0 : current };
            expected.set(JSON.stringify(own.map(storedLabelValue)), sample);
          }
          const text = await bodyOf([gauge]);
          expect(samplesOf(text)).toEqual([...expected.values()].map(keyOf));
          const openMetrics = await openMetricsOf([gauge]);
          expect(samplesOf(openMetrics)).toEqual(samplesOf(text));
          const wellFormed = Buffer.from(help).toString();
          for (const body of [text, openMetrics]) {
            expect(readExposition(body)[0]?.help).toBe(wellFormed);
          }
        },
      ),
    );
  });

  it('histograms: cumulative, +Inf equal to _count, whatever was observed', async () => {
    const bounds = fc
      .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), {
        minLength: 1,
        maxLength: 8,
      })
      .map((list) => [...new Set(list.map((bound) => bound + 0))].sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(bounds, fc.array(value), async (buckets, observed) => {
        const histogram = new HistogramMetric({ name: 'h', help: 'H', buckets });
        for (const one of observed) histogram.labels([]).observe(one);
        histogram.labels([]);
        const finite = observed.filter(Number.isFinite);
        const samples = readExposition(await bodyOf([histogram])).flatMap((each) => each.samples);
        const counts = samples.filter(({ name }) => name === 'h_bucket');
        expect(
          counts.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity'))),
        ).toEqual([...buckets, Infinity]);
        expect(counts.map((each) => each.value)).toEqual(
          [...buckets, Infinity].map((bound) => finite.filter((one) => one <= bound).length),
        );
        expect(samples.at(-1)).toEqual({ name: 'h_count', labels: {}, value: finite.length });
        expect(samplesOf(await openMetricsOf([histogram])).sort()).toEqual(
          samples.map(keyOf).sort(),
        );
      }),
    );
  });
});

const anything = fc.oneof(
  labelValue,
  fc.double(),
  fc.constantFrom(undefined, null, true, Symbol('x'), 10n),
  fc.array(labelValue, { maxLength: 2 }),
  fc.dictionary(labelValue, labelValue, { maxKeys: 2 }),
  fc.constant({
    toString() {
      throw new Error('no');
    },
  }),
);
const hostileName = fc.constantFrom(
  'a',
  'a_total',
  'a_count',
  'a_sum',
  'a_bucket',
  'a_created',
  'b',
  'x y',
  '',
);
const hostileLabels = fc.dictionary(
  fc.oneof(fc.constantFrom('le', 'quantile', 'p', 'q', '__name__', 'a b'), labelValue),
  anything,
  { maxKeys: 3 },
);
const hostileFamily = fc.record({
  name: hostileName,
  help: anything,
  type: fc.oneof(fc.constantFrom('counter', 'gauge', 'histogram', 'summary'), anything),
  values: fc.array(
    fc.record(
      {
        metricName: fc.option(hostileName, { nil: undefined }),
        labels: fc.oneof(hostileLabels, anything),
        sharedLabels: fc.option(hostileLabels, { nil: undefined }),
        value: fc.oneof(fc.nat(5), fc.double(), anything),
        exemplar: anything,
      },
      { requiredKeys: [] },
    ),
    { maxLength: 6 },
  ),
});

describe('whatever foreign metrics hold', () => {
  it('both bodies are well-formed, without a series or a family twice, with the same series', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileFamily, { maxLength: 4 }), async (families) => {
        const text = samplesOf(await bodyOf(families as Family[]));
        const openMetrics = samplesOf(
          (await openMetricsOf(families as Family[])).replace(/ # \{.*(?=\n)/g, ''),
        );
        expect(openMetrics.sort()).toEqual(text.sort());
        const series = text.map((key) => JSON.stringify(JSON.parse(key).slice(0, 2)));
        expect(new Set(series).size).toBe(series.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('are the same series in the protobuf format, each family once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileFamily, { maxLength: 4 }), async (families) => {
        const text = readExposition(await bodyOf(families as Family[]));
        const protobuf = await protobufOf(families as Family[]);
        // An empty label is one that is not set.
        const expected = text.flatMap(({ samples }) => samples.map(withoutEmptyLabels)).map(keyOf);
        const read = protobuf.flatMap(samplesOfProtobuf).map(withoutEmptyLabels).map(keyOf);
        expect(read.sort()).toEqual(expected.sort());
        const names = protobuf.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('a counter of the series store stands beside them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileFamily, { maxLength: 3 }), async (families) => {
        const counter = new CounterMetric({ name: 'own_total', help: 'Own.' });
        counter.labels([]).inc(7);
        for (const render of [bodyOf, openMetricsOf]) {
          expect(sampleLines(await render([...(families as Family[]), counter]))).toContain(
            'own_total 7',
          );
        }
      }),
    );
  });
});
