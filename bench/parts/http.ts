import type { ContestantName, Platform } from '../apps/contestants.js';
import { contest, type Entry } from '../support/contest.js';
import { contestTable } from '../support/ratio-table.js';
import type { Settings } from '../support/settings.js';

const TARGETS = { express: 0.96, fastify: 0.93 };

/** Throughput of an application with the library's default options, and without. */
export async function http(settings: Settings): Promise<string> {
  const chapters: string[] = [];
  for (const platform of settings.platforms) {
    for (const pipelining of settings.quick ? [4] : [4, 1]) {
      const entries = [
        ...entriesOf(settings, settings.quick ? ['bare', 'library'] : ['bare', 'library', 'naive']),
        { label: 'bare, once more', contestant: 'bare' as const, library: settings.library },
      ];
      chapters.push(
        title(platform, pipelining),
        await contestChapter(settings, platform, entries, pipelining, {
          library: TARGETS[platform],
        }),
      );
    }
  }
  return chapters.join('\n\n');
}

/** A contest over one path, as a table. */
export async function contestChapter(
  settings: Settings,
  platform: Platform,
  entries: readonly Entry[],
  pipelining: number,
  targets: Readonly<Record<string, number>> = {},
  paths: readonly string[] = ['/hello'],
): Promise<string> {
  const { starts, turns, seconds, warmUpSeconds } = settings;
  const load = { paths, connections: 16, pipelining };
  const isPinned = !settings.quick;
  const options = { platform, entries, load, starts, turns, seconds, warmUpSeconds, isPinned };
  const labels = entries.map(({ label }) => label);
  const table = contestTable({ labels, results: await contest(options), targets });
  console.log(`\n${title(platform, pipelining)}\n\n${table}`);
  return table;
}

export function title(platform: Platform, pipelining: number): string {
  const name = platform === 'express' ? 'Express' : 'Fastify';
  return `### ${name}, ${pipelining === 1 ? 'no pipelining' : `${pipelining} requests pipelined`}`;
}

/** An entry for each name; those with the library also for each version to compare with. */
export function entriesOf(settings: Settings, names: readonly ContestantName[]): Entry[] {
  return names.flatMap((contestant) => [
    { label: contestant, contestant, library: settings.library },
    ...settings.against.flatMap((library, i) =>
      contestant.startsWith('library')
        ? [{ label: `${contestant}, version ${i + 2}`, contestant, library }]
        : [],
    ),
  ]);
}
