import type { ContestantName, Platform } from '../apps/contestants.js';
import { hundredPaths } from '../apps/hello.controller.js';
import { contest, type Entry } from '../support/contest.js';
import { contestTable } from '../support/ratio-table.js';
import type { Settings } from '../support/settings.js';

/** Of the bare application's throughput. */
export const HTTP_TARGETS = { express: 0.98, fastify: 0.97 };

const PEERS: Record<Platform, readonly ContestantName[]> = {
  express: ['bare', 'library', 'express-prom-bundle', 'promster', 'naive'],
  fastify: ['bare', 'library', 'fastify-metrics', 'naive'],
};

/** Throughput of an application with the library's default options, and without. */
export function http(settings: Settings): Promise<string> {
  const names: ContestantName[] = settings.quick
    ? ['bare', 'library']
    : ['bare', 'library', 'naive'];
  return chapters(settings, settings.quick ? [4] : [4, 1], (platform, pipelining) =>
    contestChapter(settings, platform, withControl(settings, names), pipelining, {
      targets: { library: HTTP_TARGETS[platform] },
    }),
  );
}

/** Throughput with this library and with others that measure HTTP requests. */
export function peers(settings: Settings): Promise<string> {
  return chapters(settings, [1], (platform, pipelining) =>
    contestChapter(settings, platform, withControl(settings, PEERS[platform]), pipelining),
  );
}

/** Throughput with a hundred routes, each with a path parameter that has five values. */
export function routes(settings: Settings): Promise<string> {
  const entries = withControl(settings, ['bare-100', 'library-100']);
  return chapters(settings, [1], (platform, pipelining) =>
    contestChapter(settings, platform, entries, pipelining, { paths: hundredPaths() }),
  );
}

/** One after the other, each under its title. */
async function chapters(
  { platforms }: Settings,
  pipelinings: readonly number[],
  chapter: (platform: Platform, pipelining: number) => Promise<string>,
): Promise<string> {
  const texts: string[] = [];
  for (const platform of platforms) {
    for (const pipelining of pipelinings) {
      texts.push(title(platform, pipelining), await chapter(platform, pipelining));
    }
  }
  return texts.join('\n\n');
}

/** A contest as a table. */
export async function contestChapter(
  settings: Settings,
  platform: Platform,
  entries: readonly Entry[],
  pipelining: number,
  options: { targets?: Readonly<Record<string, number>>; paths?: readonly string[] } = {},
): Promise<string> {
  const { targets = {}, paths = ['/hello'] } = options;
  const { starts, turns, seconds, warmUpSeconds } = settings;
  const load = { paths, connections: 16, pipelining };
  const isPinned = !settings.quick;
  const labels = entries.map(({ label }) => label);
  const results = await contest({
    platform,
    entries,
    load,
    starts,
    turns,
    seconds,
    warmUpSeconds,
    isPinned,
  });
  const table = contestTable({ labels, results, targets });
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

/** The entries, and the first one once more: what it differs from itself means nothing. */
export function withControl(settings: Settings, names: readonly ContestantName[]): Entry[] {
  const entries = entriesOf(settings, names);
  const [first] = entries as [Entry];
  return [...entries, { ...first, label: `${first.label}, once more` }];
}
