import type { SeriesFamily } from '../exposition/family.js';
import { CounterMetric } from '../metrics/counter.js';
import { GaugeMetric } from '../metrics/gauge.js';
import { TROUBLE_CAUSES } from './trouble.js';

/** How many processes a scrape has seen, by what it found them to be. */
export function processesFamily(
  prefix: string,
  counts: Readonly<Record<string, number>>,
): SeriesFamily {
  const gauge = new GaugeMetric({
    name: `${prefix}exporter_processes`,
    help: 'Processes whose metrics are shown: live, stale (alive, but without a sign of life for seconds), and dead (ended; what they counted is kept).',
    labelNames: ['state'],
  });
  for (const [state, count] of Object.entries(counts)) gauge.labels([state]).set(count);
  return gauge;
}

/** The counter of what went wrong with the shared directory. */
export function troubleCounter(prefix: string): CounterMetric {
  return new CounterMetric({
    name: `${prefix}exporter_multiprocess_errors_total`,
    help: 'Files, metrics and actions that failed in the directory shared by processes, each once.',
    labelNames: ['cause'],
  });
}

/** Lets the counter show all causes from the start. */
export function withCauses(counter: CounterMetric): CounterMetric {
  for (const cause of TROUBLE_CAUSES) counter.labels([cause]);
  return counter;
}
