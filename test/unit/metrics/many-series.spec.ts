import { GaugeMetric } from '../../../lib/metrics/gauge.js';
import { SlotPages } from '../../../lib/metrics/slot-pages.js';
import { SummaryMetric } from '../../../lib/metrics/summary.js';

const COUNT = 1000;
const labelsOf = (i: number): string[] => [`a${i % 7}`, `b${i}`, `c${i % 3}`];

describe('many label sets of one metric', () => {
  const labelNames = ['a', 'b', 'c'];
  const definition = { name: 'm', help: 'M.', labelNames };

  it('keep their numbers and labels apart, in the order of their creation', () => {
    const gauge = new GaugeMetric({ ...definition, lookupOrder: ['a', 'c', 'b'] });
    const kept = Array.from({ length: COUNT }, (_, i) => gauge.labels(labelsOf(i)));
    for (const [i, series] of kept.entries()) series.set(i + 0.5);
    expect(gauge.series).toHaveLength(COUNT);
    expect(gauge.series.at(COUNT)).toBeUndefined();
    expect(Array.from(gauge.series, ({ value }) => value)).toEqual(kept.map((_, i) => i + 0.5));
    expect(Array.from(gauge.series, ({ labelValues }) => labelValues)).toEqual(
      kept.map((_, i) => labelsOf(i)),
    );
    expect(gauge.find(labelsOf(500))?.value).toBe(500.5);
  });

  it('are recorded into by series that were kept, also after a reset', () => {
    const summary = new SummaryMetric({ ...definition, percentiles: [0.5] });
    const first = summary.labels(labelsOf(0));
    for (let i = 0; i < COUNT; i++) summary.observeAt(summary.slot(labelsOf(i)), i);
    first.observe(4);
    expect(summary.find(labelsOf(0))).toMatchObject({ sum: 4, count: 2 });
    summary.reset();
    first.observe(7);
    expect(summary.find(labelsOf(0))).toMatchObject({ sum: 7, count: 1 });
    expect(summary.find(labelsOf(0))?.sketch?.quantiles([0.5])[0]).toBeCloseTo(7, 0);
    expect(summary.find(labelsOf(999))).toMatchObject({ sum: 0, count: 0 });
    expect(summary.series).toHaveLength(COUNT);
  });
});

describe('SlotPages', () => {
  it('hands out places that do not overlap, and tells their indexes', () => {
    const pages = new SlotPages(3);
    const slots = Array.from({ length: 400 }, () => pages.allocate());
    for (const [index, slot] of slots.entries()) {
      expect([pages.slotOf(index), pages.indexOf(slot)]).toEqual([slot, index]);
      pages.valuesOf(slot).fill(index, pages.offsetOf(slot), pages.offsetOf(slot) + 3);
    }
    for (const [index, slot] of slots.entries()) {
      const from = pages.offsetOf(slot);
      expect([...pages.valuesOf(slot).subarray(from, from + 3)]).toEqual([index, index, index]);
    }
  });
});
