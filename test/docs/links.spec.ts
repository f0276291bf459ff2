import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lineOf, otherPages, pageOf, pages, root, type Page } from './pages.js';

const all = [...pages, ...otherPages];

/** A text in which what stands in code is blank, at the same positions. */
function withoutCode(text: string): string {
  return text.replace(/^```.*?^```$|`[^`\n]*`/gms, (code) => code.replace(/[^\n]/g, ' '));
}

/** Where links of a page lead, outside of code. */
function linksOf({ text }: Page): { line: number; target: string }[] {
  const prose = withoutCode(text);
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({
    line: lineOf(text, match.index),
    target: match[1] as string,
  }));
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf({ text }: Page): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    (title as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Why a link leads nowhere; `undefined` when it leads somewhere, or out of the repository. */
function problemOf(page: Page, target: string): string | undefined {
  if (/^(https?|mailto):/.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page.path : join(dirname(page.path), decodeURI(file));
  if (!existsSync(join(root, path))) return 'no such file';
  if (anchor === undefined) return undefined;
  return anchorsOf(pageOf(path)).includes(anchor) ? undefined : 'no such heading';
}

describe('links', () => {
  it('lead to files and headings that are there', () => {
    const links = all.flatMap((page) => linksOf(page).map((link) => ({ page, ...link })));
    expect(links.length).toBeGreaterThan(40);
    const broken = links.flatMap(({ page, line, target }) => {
      const problem = problemOf(page, target);
      return problem === undefined ? [] : [`${page.path}:${line}: ${target}: ${problem}`];
    });
    expect(broken).toEqual([]);
  });

  it('lead to every page of docs/, from its index', () => {
    const index = linksOf(pageOf('docs/README.md')).map(({ target }) => target);
    const unlisted = pages.filter(
      ({ path }) => path.startsWith('docs/') && !index.includes(`./${path.slice('docs/'.length)}`),
    );
    expect(unlisted.map(({ path }) => path)).toEqual(['docs/README.md']);
  });
});

describe('README', () => {
  it('is short', () => {
    expect(pageOf('README.md').text.split('\n').length - 1).toBeLessThanOrEqual(250);
  });
});
