import type { ContestantName } from '../apps/contestants.js';
import { contestChapter, entriesOf, title } from './http.js';
import type { Settings } from '../support/settings.js';

const DECORATED: readonly ContestantName[] = [
  'library-noop',
  'library-counter',
  'library-gauge',
  'library-histogram',
  'library-summary',
  'library-quantiles',
  'library-status-labels',
  'library-do-not-track',
];

const GLOBAL: readonly ContestantName[] = ['library-noop-global', 'library-global'];

/** The record part runs every kind; here a quick run takes those that differ most. */
const QUICK: readonly ContestantName[] = [
  'library-noop',
  'library-status-labels',
  'library-global',
];

const TARGETS = { 'library-status-labels': 0.95 };

/**
 * Throughput with a decorated handler, next to the same handler under an interceptor that does
 * nothing; then that of the global interceptor, next to a global one that does nothing. The library
 * with its default metrics is there in all of them.
 */
export async function decorators(settings: Settings): Promise<string> {
  const chapters: string[] = [];
  for (const platform of settings.platforms) {
    for (const names of settings.quick ? [QUICK] : [DECORATED, GLOBAL]) {
      const once = entriesOf({ ...settings, against: [] }, names);
      const entries = [...once, { ...once[0], label: `${names[0]}, once more` }] as typeof once;
      chapters.push(
        title(platform, 1),
        await contestChapter(settings, platform, entries, 1, { targets: TARGETS }),
      );
    }
  }
  return chapters.join('\n\n');
}
