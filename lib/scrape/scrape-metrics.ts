import { CounterMetric } from '../metrics/counter.js';
import { SummaryMetric } from '../metrics/summary.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { SCRAPE_CAUSES, type ScrapeCause, type ScrapeObserver } from './scrape-failure.js';

/** Most different troubles that are logged: names of metrics may come and go. */
const MOST_WARNINGS = 1000;

/** Counts how the scrapes go, and logs each kind of trouble once. */
export class ScrapeMetrics implements ScrapeObserver {
  readonly #errors: CounterMetric;
  readonly #duration: SummaryMetric;
  readonly #warned = new Set<string>();

  /** @param warn told once for each cause and subject */
  constructor(
    registry: Pick<OwnMetrics, 'use'>,
    prefix: string,
    private readonly warn: (message: string) => void,
  ) {
    this.#errors = registry.use(
      new CounterMetric({
        name: `${prefix}exporter_scrape_errors_total`,
        help: 'Failures while scrapes were answered, by cause.',
        labelNames: ['cause'],
      }),
    );
    for (const cause of SCRAPE_CAUSES) this.#errors.labels([cause]);
    this.#duration = registry.use(
      new SummaryMetric({
        name: `${prefix}exporter_scrape_duration_seconds`,
        help: 'Seconds from the arrival of a scrape to the end of its response, of those that were not refused.',
      }),
    );
    this.#duration.labels([]);
  }

  failed(cause: ScrapeCause, message: string, subject = ''): void {
    this.#errors.labels([cause]).inc();
    const key = `${cause} ${subject}`;
    if (this.#warned.has(key) || this.#warned.size >= MOST_WARNINGS) return;
    this.#warned.add(key);
    try {
      this.warn(message);
    } catch {
      // A logger that fails does not break a scrape.
    }
  }

  ended(seconds: number): void {
    this.#duration.labels([]).observe(seconds);
  }
}
