import { keptWriters } from '../../../lib/exposition/kept-writers.js';

it('keeps one of each object that is made to write a body', () => {
  const kept = keptWriters().map((each) => (each as object).constructor.name);
  const writers = ['Pace', 'Sink', 'SeriesList', 'SeriesBlock', 'HistogramBlock', 'ProtobufBlock'];
  const series = ['CounterSeries', 'GaugeSeries', 'HistogramSeries', 'SummarySeries'];
  expect([...new Set(kept)].sort()).toEqual([...writers, ...series].sort());
});
