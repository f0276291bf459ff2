import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const RESULTS = new URL('../../../../bench/results.md', import.meta.url);
const README = new URL('../../../../README.md', import.meta.url);

const HEADER = `# Benchmark results

Written by \`npm run bench\`. Each figure that matters is a ratio, measured in turn within one run: the median of all
rounds, and half the distance between their quartiles.
`;

/** The chapters that the README has as well, with their titles there. */
const README_CHAPTERS: Readonly<Record<string, string>> = {
  http: 'Throughput with default options',
  record: 'Recording by itself',
  memory: 'Memory',
  scrape: 'Scrapes',
};

/** Puts a part's chapter in the place of the one from its last run. */
export function writeResults(name: string, chapter: string): void {
  const before = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : HEADER;
  const text = `<!-- ${name}:start -->\n## ${name}\n\n${chapter}\n<!-- ${name}:end -->\n`;
  const pattern = section(name);
  const after = pattern.test(before) ? before.replace(pattern, () => text) : `${before}\n${text}`;
  writeFileSync(RESULTS, after);
}

/** Writes the README's chapter about performance from the results. */
export async function writeReadme(): Promise<void> {
  const results = readFileSync(RESULTS, 'utf8');
  const chapters = Object.entries(README_CHAPTERS).flatMap(([name, title]) => {
    const found = section(name).exec(results)?.[1];
    return found === undefined ? [] : [`### ${title}\n\n${found.replaceAll(/^###/gm, '####')}`];
  });
  const link = 'All results are in [bench/results.md](bench/results.md).';
  const text = ['<!-- bench:start -->', ...chapters, link, '<!-- bench:end -->'].join('\n\n');
  const readme = readFileSync(README, 'utf8').replace(
    /<!-- bench:start -->[^]*<!-- bench:end -->/,
    () => text,
  );
  const config = await resolveConfig(fileURLToPath(README));
  writeFileSync(README, await format(readme, { ...config, parser: 'markdown' }));
}

/** Finds a part's chapter, without its title. */
function section(name: string): RegExp {
  return new RegExp(`<!-- ${name}:start -->\n## ${name}\n\n([^]*?)\n<!-- ${name}:end -->\n`);
}
