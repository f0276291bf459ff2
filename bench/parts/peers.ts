import type { ContestantName } from '../apps/contestants.js';
import { contestChapter, entriesOf, title } from './http.js';
import type { Settings } from '../support/settings.js';

const PEERS: Record<'express' | 'fastify', readonly ContestantName[]> = {
  express: ['bare', 'library', 'express-prom-bundle', 'promster', 'naive'],
  fastify: ['bare', 'library', 'fastify-metrics', 'naive'],
};

/** Throughput with this library and with others that measure HTTP requests. */
export async function peers(settings: Settings): Promise<string> {
  const chapters: string[] = [];
  for (const platform of settings.platforms) {
    const entries = [
      ...entriesOf(settings, PEERS[platform]),
      ...entriesOf(settings, ['bare']).map((bare) => ({ ...bare, label: 'bare, once more' })),
    ];
    chapters.push(title(platform, 1), await contestChapter(settings, platform, entries, 1));
  }
  return chapters.join('\n\n');
}
