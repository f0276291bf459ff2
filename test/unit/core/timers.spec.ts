import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const lib = join(import.meta.dirname, '../../../lib');

/** What is not code of the server: made of the live page's, which runs in a browser. */
const OTHER = [join('core', 'timers.ts'), join('endpoint', 'live-page.document.ts')];

const NAMES = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'];

describe('timers', () => {
  it.each(NAMES)('of the library are no global ones, which tests replace: %s', (name) => {
    const own = readdirSync(lib, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !OTHER.includes(file))
      .filter((file) => {
        const code = readFileSync(join(lib, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
        const isUsed = new RegExp(`(?<![.\\w#])${name}\\b(?=[(),])`).test(code);
        return isUsed && !/from '[./]*core\/timers\.js'|from '\.\/timers\.js'/.test(code);
      });
    expect(own).toEqual([]);
  });
});
