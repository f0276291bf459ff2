import { markdownTable } from '../support/markdown.js';
import type { Settings } from '../support/settings.js';
import { summaryOf, type Summary } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

const WORKER = new URL('../apps/startup.worker.js', import.meta.url);

/** What the module may add to the start of 200 handlers. */
const MOST: Readonly<Start> = { milliseconds: 25, kibibytes: 300 };

interface Start {
  /** Of processor time. */
  readonly milliseconds: number;
  /** Of heap. */
  readonly kibibytes: number;
}

/** An application that is started, in turn with the others. */
interface Contestant {
  readonly name: string;
  /** Arguments of the worker, but for the platform. */
  readonly args: readonly [library: string, handlers: string, libraryUrl: string];
  /** Name of the one that it is compared with. */
  readonly base?: string;
  readonly hasLibrary?: boolean;
}

const CONTROL = 'bare, once more';

/** The library and its other versions, with handlers of both sorts, and the first one once more. */
function contestantsOf({ library, against }: Settings): Contestant[] {
  const pairs = (['plain', 'decorated'] as const).flatMap((handlers): Contestant[] => {
    const of = handlers === 'plain' ? '' : ', a metric a handler';
    const base = `bare${of}`;
    return [
      { name: base, args: ['bare', handlers, library] },
      ...[library, ...against].map((url, i) => ({
        name: `library${of}${i === 0 ? '' : `, version ${i + 1}`}`,
        args: ['library', handlers, url] as const,
        base,
        hasLibrary: true,
      })),
    ];
  });
  return [...pairs, { name: CONTROL, args: ['bare', 'plain', library], base: 'bare' }];
}

/** Time and memory that the module adds to the start of an application of 200 handlers. */
export async function startup(settings: Settings): Promise<string> {
  const tables: string[] = [];
  for (const platform of settings.platforms) tables.push(await startsOn(platform, settings));
  return tables.join('\n\n');
}

async function startsOn(platform: string, settings: Settings): Promise<string> {
  const { quick } = settings;
  const contestants = contestantsOf(settings);
  const starts = new Map<string, Start[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < (quick ? 1 : 15); round++) {
    for (const { name, args } of contestants) {
      const [library, handlers, libraryUrl] = args;
      const worker = await Worker.start(WORKER, {
        args: [library, platform, handlers, libraryUrl],
        nodeFlags: ['--expose-gc'],
        core: quick ? undefined : 0,
      });
      starts.get(name)?.push(await worker.ask<Start>('start'));
      await worker.stop();
    }
  }
  const values = (name: string, of: keyof Start): number[] =>
    (starts.get(name) ?? []).map((start) => start[of]);
  const added = (name: string, base: string, of: keyof Start): number[] =>
    values(name, of).map((value, round) => value - (values(base, of)[round] as number));
  const rows = contestants.map((contestant) => {
    const { name, base = '', hasLibrary = false } = contestant;
    const cells = (['milliseconds', 'kibibytes'] as const).flatMap((of) => {
      const more = summaryOf(added(name, base, of));
      const off = summaryOf(added(CONTROL, 'bare', of));
      const noise = Math.max(Math.abs(off.median), off.spread);
      return [
        base === '' ? '' : text(more),
        hasLibrary ? verdictOf(MOST[of], more.median, noise) : '',
      ];
    });
    return [name, text(summaryOf(values(name, 'milliseconds'))), ...cells];
  });
  const head = [`200 handlers, ${platform}`, 'ms processor time', 'ms added', 'at most'];
  const table = markdownTable([...head, 'KiB of heap added', 'at most'], rows);
  console.log(table);
  return table;
}

function verdictOf(most: number, added: number, noise: number): string {
  if (Math.abs(added - most) < noise) return `${most}: too noisy to tell`;
  return `${most}: ${added <= most ? 'reached' : 'missed'}`;
}

function text({ median, spread }: Summary): string {
  return `${median.toFixed(0)} ± ${spread.toFixed(0)}`;
}
