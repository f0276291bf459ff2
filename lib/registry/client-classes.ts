import { Counter, Gauge, Histogram, Summary } from 'prom-client';

/** prom-client's classes, of which injected metrics are instances. */
export const CLIENT_CLASSES = {
  counter: Counter,
  gauge: Gauge,
  histogram: Histogram,
  summary: Summary,
};
