import { keptWriters } from '../../../lib/exposition/kept-writers.js';

it('keeps one of each object that is made to write a body', () => {
  const kept = keptWriters().map((each) => {
    const { constructor, [Symbol.toStringTag]: tag } = each as { [Symbol.toStringTag]?: string };
    return tag ?? constructor.name;
  });
  const body = 'AsyncGenerator';
  const tools = ['Pace', 'Sink', 'SeriesList'];
  const writers = ['ValueBlock', 'SummaryBlock', 'HistogramBlock', 'ProtobufBlock'];
  const series = ['CounterSeries', 'GaugeSeries', 'HistogramSeries', 'SummarySeries'];
  expect([...new Set(kept)].sort()).toEqual([body, ...tools, ...writers, ...series].sort());
});
