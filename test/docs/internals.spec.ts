import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageOf, root } from './pages.js';

const { text } = pageOf('docs/internals.md');
const lib = join(root, 'lib');

describe('internals', () => {
  it('have every room, and no other', () => {
    const folders = readdirSync(lib, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const listed = [...text.matchAll(/^\| `(\w+)` *\|/gm)].map(([, name]) => name as string);
    expect(listed.sort()).toEqual(folders.sort());
  });

  it('have every workaround that says when it can go, and no other', () => {
    const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) =>
        /\b[Ii]t can go\s[\s*/]*when\b/.test(readFileSync(join(lib, file), 'utf8')),
      );
    const listed = [...text.matchAll(/^\| `lib\/([\w./-]+)` *\|/gm)].map(([, file]) => file);
    expect(listed.sort()).toEqual(files.sort());
  });
});
