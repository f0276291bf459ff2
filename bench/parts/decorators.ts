import type { ContestantName } from '../apps/contestants.js';
import type { Entry } from '../support/contest.js';
import { drivenChapter } from './driven.js';
import { contestChapter, title, withControl } from './http.js';
import type { Settings } from '../support/settings.js';

/** Handlers of applications that have the library, next to one that stands alone. */
const DRIVEN: readonly ContestantName[] = [
  'library-noop',
  'library-counter',
  'library-gauge',
  'library-histogram',
  'library-status-labels',
  'noop',
];

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

const TARGETS = { 'library-status-labels': 0.98 };

/**
 * A decorated handler, next to the same handler under an interceptor that does nothing; then the
 * global interceptor, next to a global one that does nothing. The library with its default metrics
 * is there in all of them.
 */
export async function decorators(settings: Settings): Promise<string> {
  const chapters: string[] = [];
  for (const platform of settings.platforms) {
    const heading = `### ${platform === 'express' ? 'Express' : 'Fastify'}, without a network`;
    const entries = withControl(settings, settings.quick ? QUICK : DRIVEN);
    chapters.push(
      heading,
      await drivenChapter(settings, platform, entries, { title: heading, targets: TARGETS }),
    );
    for (const names of settings.quick ? [QUICK] : [DECORATED, GLOBAL]) {
      const contestants: Entry[] = withControl({ ...settings, against: [] }, names);
      chapters.push(
        title(platform, 1),
        await contestChapter(settings, platform, contestants, 1, { targets: TARGETS }),
      );
    }
  }
  return chapters.join('\n\n');
}
