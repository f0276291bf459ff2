import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { lineOf, otherPages, pageOf, pages, root } from './pages.js';

const { scripts } = JSON.parse(pageOf('package.json').text) as {
  scripts: Record<string, string>;
};

/** Where a pattern is found, with what its first group holds. */
function mentions(pattern: RegExp): { place: string; what: string }[] {
  return [...pages, ...otherPages].flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map((match) => ({
      place: `${path}:${lineOf(text, match.index)}`,
      what: match[1] as string,
    })),
  );
}

describe('what the pages name', () => {
  it('are scripts of package.json', () => {
    const named = mentions(/npm run ([\w:-]+)/g);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ what }) => scripts[what] === undefined)).toEqual([]);
  });

  it('are files that are there', () => {
    const named = mentions(
      /`(\.?(?:lib|test|docs|bench|sample|scripts|\.ci|\.github)\/[\w./-]*)`/g,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ what }) => !existsSync(join(root, what)))).toEqual([]);
  });
});

describe('the workflow', () => {
  it('runs .ci/run on every major version of Node.js that the package takes', () => {
    const { jobs } = parse(pageOf('.github/workflows/ci.yml').text);
    const { strategy, steps } = jobs.run;
    const { engines } = JSON.parse(pageOf('package.json').text);
    const majors = [...engines.node.matchAll(/(?:\^|>=)(\d+)/g)].map(([, major]) => major);
    expect(strategy.matrix.node).toEqual(majors);
    expect(steps).toContainEqual({ run: '.ci/run' });
  });
});
