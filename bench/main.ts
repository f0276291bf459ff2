import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { multiprocess } from './parts/multiprocess.js';
import { decorators } from './parts/decorators.js';
import { driven } from './parts/driven.js';
import { http, peers, routes } from './parts/http.js';
import { latency } from './parts/latency.js';
import { memory } from './parts/memory.js';
import { native } from './parts/native.js';
import { outgoing } from './parts/outgoing.js';
import { record } from './parts/record.js';
import { turns } from './parts/turns.js';
import { scrape } from './parts/scrape.js';
import { startup } from './parts/startup.js';
import { machine } from './support/machine.js';
import { writeResults } from './support/results.js';
import type { Part, Settings } from './support/settings.js';

const PARTS: Readonly<Record<string, Part>> = {
  http,
  turns,
  driven,
  routes,
  latency,
  decorators,
  peers,
  record,
  memory,
  native,
  outgoing,
  scrape,
  startup,
  multiprocess,
};

/**
 * `npm run bench -- [parts] [--quick] [--platform express] [--starts 4] [--turns 10] [--seconds 0.5]
 * [--against <directory of another build>]`: measures all parts, or those that are named, and
 * writes docs/performance.md. Figures of a quick run are not written.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    platform: { type: 'string', multiple: true },
    starts: { type: 'string' },
    turns: { type: 'string' },
    seconds: { type: 'string' },
    against: { type: 'string', multiple: true, default: [] },
    dry: { type: 'boolean', default: false },
  },
});
const { quick } = values;
const settings: Settings = {
  quick,
  platforms: (values.platform as ('express' | 'fastify')[] | undefined) ?? ['express', 'fastify'],
  starts: Number(values.starts ?? (quick ? 1 : 4)),
  turns: Number(values.turns ?? (quick ? 1 : 10)),
  seconds: Number(values.seconds ?? (quick ? 0.15 : 0.5)),
  warmUpSeconds: quick ? 0 : 2.5,
  library: new URL('../../../dist/esm/index.js', import.meta.url).href,
  against: values.against.map((directory) => pathToFileURL(resolve(directory, 'index.js')).href),
};
const names = positionals.length === 0 ? Object.keys(PARTS) : positionals;
for (const name of names) {
  const part = PARTS[name];
  if (part === undefined) {
    throw new Error(`There is no part "${name}", only ${Object.keys(PARTS).join(', ')}`);
  }
  const before = machine();
  console.log(`\n## ${name}\n${before}`);
  // The peers are others on each adapter. A quick run takes one of the two everywhere else.
  const platforms = quick && name !== 'peers' ? settings.platforms.slice(-1) : settings.platforms;
  const chapter = await part({ ...settings, platforms });
  if (!quick && !values.dry) await writeResults(name, `${before}\n\n${chapter}`);
}
