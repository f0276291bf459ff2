import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('../../../../bench/results.md', import.meta.url);

const HEADER = `# Benchmark results

Written by \`npm run bench\`. Each figure that matters is a ratio, measured in turn within one run: the median of all
rounds, and half the distance between their quartiles.
`;

const section = (name: string): RegExp =>
  new RegExp(`<!-- ${name}:start -->[^]*?<!-- ${name}:end -->\n`);

/** Puts a part's chapter in the place of the one from its last run. */
export function writeResults(name: string, chapter: string): void {
  const before = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : HEADER;
  const text = `<!-- ${name}:start -->\n## ${name}\n\n${chapter}\n<!-- ${name}:end -->\n`;
  const pattern = section(name);
  const after = pattern.test(before) ? before.replace(pattern, () => text) : `${before}\n${text}`;
  writeFileSync(RESULTS, after);
}
