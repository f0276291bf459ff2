import { Pace } from '../core/pace.js';
import { ChunkPool } from './chunk-pool.js';
import type { Family } from './family.js';
import type { Format, PreparedFamily } from './format.js';
import { defaultLabelParts } from './label-part.js';
import { planBody } from './plan.js';
import { Problems, type ExpositionProblem } from './problems.js';
import { prepareSampleFamily } from './sample-family.js';
import { prepareSeriesFamily } from './series-family.js';
import { Sink } from './sink.js';

export interface RenderOptions {
  readonly format: Format;
  /** Keeps families and samples of these names only. @default everything */
  readonly names?: ReadonlySet<string> | undefined;
  /** Labels of every series that has none of the same name. @default none */
  readonly defaultLabels?: Readonly<Record<string, unknown>> | undefined;
  /** Stops rendering: the generator then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Where chunks that are not needed any more can be given back. @default memory of its own */
  readonly pool?: ChunkPool | undefined;
  /** Told what was left out, once a family and reason, before the first chunk. */
  readonly onProblem?: ((problem: ExpositionProblem) => void) | undefined;
}

/** How many label sets are written between two looks at the clock. */
const STRIDE = 8;

/**
 * Writes families as the body of a scrape, in chunks of about 64 kB.
 *
 * The event loop goes on about every millisecond, between two label sets and never inside one: all of
 * a label set shows the same moment. All families are awaited before the first chunk, because
 * whether a family can stand under its own name depends on the others.
 *
 * @throws what `families` throws, and the signal's reason
 * @example
 * for await (const chunk of renderExposition(families, { format: negotiateFormat(accept) })) {
 *   response.write(chunk);
 * }
 */
export async function* renderExposition(
  families: AsyncIterable<Family> | Iterable<Family>,
  options: RenderOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const { format, signal, pool = new ChunkPool(), onProblem } = options;
  signal?.throwIfAborted();
  const pace = new Pace(signal);
  const problems = new Problems();
  const blocks = planBody(await prepare(families, options, pace, problems), format, problems);
  problems.report(onProblem);

  const sink = new Sink(pool);
  let written = 0;
  for (const block of blocks) {
    const writer = format.begin(block, sink);
    for (let index = 0; index < writer.length; index++) {
      writer.write(index);
      for (let chunk = sink.take(); chunk !== undefined; chunk = sink.take()) {
        yield chunk;
        signal?.throwIfAborted();
      }
      if (++written % STRIDE === 0 && pace.isOver) await pace.rest();
    }
    writer.end();
  }
  format.end(sink);
  sink.flush();
  for (let chunk = sink.take(); chunk !== undefined; chunk = sink.take()) yield chunk;
}

async function prepare(
  families: AsyncIterable<Family> | Iterable<Family>,
  { format, names, defaultLabels }: RenderOptions,
  pace: Pace,
  problems: Problems,
): Promise<PreparedFamily[]> {
  const options = { format, names, defaultLabels: defaultLabelParts(defaultLabels) };
  const prepared: PreparedFamily[] = [];
  for await (const family of families) {
    const one =
      'series' in family
        ? await prepareSeriesFamily(family, options, pace)
        : await prepareSampleFamily(family, options, pace, problems);
    if (one !== undefined) prepared.push(one);
    if (pace.isOver) await pace.rest();
  }
  return prepared;
}
