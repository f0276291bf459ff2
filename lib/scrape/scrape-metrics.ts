/** What the library tells of its own scrapes. */
import { CATALOGUE, catalogued } from '../core/catalogue.js';
import { ReportOnce } from '../core/report-once.js';
import { CounterMetric } from '../metrics/counter.js';
import { SummaryMetric } from '../metrics/summary.js';
import type { OwnMetrics } from '../registry/own-metrics.js';
import { SCRAPE_CAUSES, type ScrapeCause, type ScrapeObserver } from './scrape-failure.js';

/** Counts how the scrapes go, and logs each kind of trouble once. */
export class ScrapeMetrics implements ScrapeObserver {
  readonly #errors: CounterMetric;
  readonly #duration: SummaryMetric;
  readonly #reports: ReportOnce;

  /** @param warn told once for each cause and subject */
  constructor(registry: Pick<OwnMetrics, 'use'>, prefix: string, warn: (message: string) => void) {
    this.#reports = new ReportOnce(warn);
    this.#errors = registry.use(new CounterMetric(catalogued(CATALOGUE.scrapeErrors, prefix)));
    for (const cause of SCRAPE_CAUSES) this.#errors.labels([cause]);
    this.#duration = registry.use(new SummaryMetric(catalogued(CATALOGUE.scrapeDuration, prefix)));
    this.#duration.labels([]);
  }

  failed(cause: ScrapeCause, message: string, subject = ''): void {
    this.#errors.labels([cause]).inc();
    this.#reports.report(`${cause} ${subject}`, message);
  }

  ended(seconds: number): void {
    this.#duration.labels([]).observe(seconds);
  }
}
