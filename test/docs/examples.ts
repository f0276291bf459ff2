import { lineOf, pages } from './pages.js';

/** An example in TypeScript, and where it begins. */
export interface Example {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

export const examples: readonly Example[] = pages.flatMap(({ path, text }) =>
  [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    page: path,
    line: lineOf(text, match.index) + 1,
    text: match[1] as string,
  })),
);

/** A file name for an example as a module of its own. */
export function fileNameOf({ page, line }: Example): string {
  return `${page.replaceAll(/\W/g, '-')}-line-${line}.ts`;
}
