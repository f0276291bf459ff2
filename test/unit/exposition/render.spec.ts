import { renderExposition } from '../../../lib/exposition/render.js';
import { TEXT_FORMAT } from '../../../lib/exposition/text-formats.js';
import { CounterMetric } from '../../../lib/metrics/counter.js';
import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { DEFAULT_BUCKETS, HistogramMetric } from '../../../lib/metrics/histogram.js';
import { bodyOf, sampleLines } from './exposition-reader.js';

function manySeries(count: number): HistogramMetric {
  const metric = new HistogramMetric({
    name: 'h',
    help: 'H.',
    labelNames: ['path'],
    buckets: DEFAULT_BUCKETS,
    maxSeries: count * 2,
  });
  for (let i = 0; i < count; i++) metric.labels([`/é/${i}`]).observe(i);
  return metric;
}

describe('renderExposition', () => {
  it('gives chunks of about 64 kB that can be kept', async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of renderExposition([manySeries(1000)], { format: TEXT_FORMAT })) {
      chunks.push(chunk);
    }
    expect(chunks.length).toBeGreaterThan(5);
    for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(65_536);
    for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeGreaterThan(40_000);
    const body = Buffer.concat(chunks).toString('utf8');
    expect(sampleLines(body)).toHaveLength(17_000);
    expect(body).toContain('h_count{path="/é/999"} 1\n');
  });

  it('writes a label value that is larger than a chunk', async () => {
    const value = 'ü'.repeat(100_000);
    const family = { name: 'g', type: 'gauge', values: [{ labels: { value }, value: 1 }] };
    expect(sampleLines(await bodyOf([family, { ...family, name: 'f' }]))).toEqual([
      `g{value="${value}"} 1`,
      `f{value="${value}"} 1`,
    ]);
  });

  it('lets the event loop go on while it renders, without a reader that waits', async () => {
    const metric = manySeries(10_000);
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    await bodyOf([metric]);
    isDone = true;
    expect(turns).toBeGreaterThan(5);
  });

  it('shows one moment within a label set, and series that are added meanwhile', async () => {
    const metric = manySeries(5000);
    const lines: string[] = [];
    let text = '';
    for await (const chunk of renderExposition([metric], { format: TEXT_FORMAT })) {
      text += chunk.toString('utf8');
      for (const series of metric.series) series.observe(0.01);
      if (metric.series.length === 5000) metric.labels(['/added']);
    }
    lines.push(...sampleLines(text));
    const values = (pattern: RegExp) =>
      lines.filter((line) => pattern.test(line)).map((line) => line.split(' ').at(-1));
    expect(values(/le="\+Inf"/)).toEqual(values(/^h_count/));
    expect(values(/^h_count/)).toHaveLength(5001);
  });

  it('takes families from an asynchronous source and throws what it throws', async () => {
    const gauge = new GaugeMetric({ name: 'g', help: 'G.' });
    gauge.labels([]).set(1);
    async function* source(fails: boolean) {
      yield gauge;
      if (fails) throw new Error('gone');
    }
    const body = async (fails: boolean) => {
      let text = '';
      for await (const chunk of renderExposition(source(fails), { format: TEXT_FORMAT })) {
        text += chunk.toString('utf8');
      }
      return text;
    };
    expect(await body(false)).toContain('g 1\n');
    await expect(body(true)).rejects.toThrow('gone');
  });

  it('stops when its signal is aborted, before and while it renders', async () => {
    const reason = new Error('too slow');
    const counter = new CounterMetric({ name: 'c_total', help: 'C.' });
    await expect(bodyOf([counter], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const { signal } = controller;
    const chunks = renderExposition([manySeries(2000)], { format: TEXT_FORMAT, signal });
    expect((await chunks.next()).done).toBe(false);
    controller.abort(reason);
    await expect(chunks.next()).rejects.toBe(reason);
  });
});
