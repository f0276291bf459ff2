import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

describe('docs/performance.md', () => {
  it('has a place for the figures of each part of the bench', () => {
    const main = readFileSync(join(root, 'bench/main.ts'), 'utf8');
    const parts = /const PARTS[^{]*\{([^}]*)\}/.exec(main)?.[1]?.match(/\w+/g) ?? [];
    const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) {
      expect(page).toMatch(new RegExp(`<!-- ${part}:start -->.*<!-- ${part}:end -->`, 's'));
    }
  });
});
