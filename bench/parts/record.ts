import { DECORATORS, type DecoratorKind } from '../apps/decorator-recorders.js';
import { RECORDERS, type RecorderName } from '../apps/recorders.js';
import { markdownTable } from '../support/markdown.js';
import type { Settings } from '../support/settings.js';
import { summaryOf } from '../support/statistics.js';
import { Worker } from '../support/worker.js';

const WORKER = new URL('../apps/recorder.worker.js', import.meta.url);
const NODE_FLAGS = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];

const WARM_UP = 300_000;
const TIMES = 300_000;
const FEW_TIMES = 20_000;

const LABELS: Record<Exclude<RecorderName, DecoratorKind>, string> = {
  messages: "Node's objects of a request, for comparison",
  lifecycle: '... with the request followed from arrival to close, and recorded',
  defaults: 'default metrics of a request that is over',
  'defaults, prom-client': '... the same with prom-client',
  child: 'a histogram and a counter, children kept',
  'child, prom-client': '... the same with prom-client',
  injected: 'what the default metrics take, injected, with objects of labels',
  'injected, child': 'a histogram and a counter, injected, children kept',
  'method, bare': 'a method of a provider',
  'method, decorated': '... the same with @Counter and @Histogram',
  'methods in turn, decorated': '... several in turn, each with other metrics',
};

/** Time and memory that recording takes by itself, each recorder in a process of its own. */
export async function record({ quick }: Settings): Promise<string> {
  const names = [...Object.keys(RECORDERS), ...Object.keys(DECORATORS)] as RecorderName[];
  const rounds = quick ? 1 : 15;
  const workers = new Map<RecorderName, Worker>();
  const times = new Map<RecorderName, number[]>(names.map((name) => [name, []]));
  const bytes = new Map<RecorderName, number>();
  try {
    const start = async (name: RecorderName): Promise<void> => {
      const options = { args: [name], nodeFlags: NODE_FLAGS, core: quick ? undefined : 0 };
      workers.set(name, await Worker.start(WORKER, options));
    };
    await Promise.all(names.map(start));
    for (const [, worker] of workers) await worker.ask('time', quick ? 1000 : WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const [name, worker] of workers) {
        times.get(name)?.push(await worker.ask<number>('time', quick ? 1000 : TIMES));
      }
    }
    for (const [name, worker] of workers) {
      bytes.set(name, await worker.ask<number>('bytes', FEW_TIMES));
    }
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker.stop()));
  }
  const rows = names.map((name) => {
    const { median, spread } = summaryOf(times.get(name) as number[]);
    const ns = `${Math.round(median)} ± ${Math.round(spread)}`;
    const least = String(Math.round(Math.min(...(times.get(name) as number[]))));
    const label = (LABELS as Record<string, string>)[name] ?? `${name}, one call`;
    return [label, ns, least, String(Math.round(bytes.get(name) as number))];
  });
  const table = markdownTable(['', 'ns', 'least ns', 'bytes allocated'], rows);
  console.log(table);
  const targets =
    'Targets for the default metrics: 200 ns, 64 bytes; for a method, more than bare: 250 ns, 0 bytes.';
  return `${table}\n\n${targets}`;
}
