import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const PAGE = fileURLToPath(new URL('../../../../docs/performance.md', import.meta.url));

/**
 * Puts what a part measured in the place of what it measured the last time, between the marks that
 * the page has for it.
 */
export async function writeResults(name: string, chapter: string): Promise<void> {
  const start = `<!-- ${name}:start -->`;
  const end = `<!-- ${name}:end -->`;
  const page = readFileSync(PAGE, 'utf8');
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${PAGE} has no place for "${name}"`);
  const text = `${page.slice(0, from)}${start}\n\n${chapter}\n\n${page.slice(to)}`;
  const config = await resolveConfig(PAGE);
  writeFileSync(PAGE, await format(text, { ...config, parser: 'markdown' }));
}
