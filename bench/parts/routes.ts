import { hundredPaths } from '../apps/hello.controller.js';
import { contestChapter, entriesOf, title } from './http.js';
import type { Settings } from '../support/settings.js';

/** Throughput with a hundred routes, each with a path parameter that has five values. */
export async function routes(settings: Settings): Promise<string> {
  const chapters: string[] = [];
  for (const platform of settings.platforms) {
    const entries = [
      ...entriesOf(settings, ['bare-100', 'library-100']),
      ...entriesOf(settings, ['bare-100']).map((bare) => ({ ...bare, label: 'bare, once more' })),
    ];
    const paths = hundredPaths();
    const table = await contestChapter(settings, platform, entries, 1, {}, paths);
    chapters.push(title(platform, 1), table);
  }
  return chapters.join('\n\n');
}
