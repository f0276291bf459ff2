import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** A page of the documentation. */
export interface Page {
  /** Its path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** What users read: the README and all of docs/. */
export const pages: readonly Page[] = ['README.md', ...inFolder('docs')].map(pageOf);

/** What contributors read, and the READMEs of the samples. */
export const otherPages: readonly Page[] = [
  'CONTRIBUTING.md',
  ...inFolder('.').filter((path) => path === 'SECURITY.md'),
  ...readdirSync(join(root, 'sample'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => inFolder(`sample/${name}`)),
].map(pageOf);

export function pageOf(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** The number of the line that holds a position of the text. */
export function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

function inFolder(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => (folder === '.' ? file : `${folder}/${file}`));
}
