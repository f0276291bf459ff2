import { CATALOGUE } from '../core/catalogue.js';

export type Names = Readonly<Record<keyof typeof CATALOGUE, string>>;

/** Names of the library's own metrics under a prefix (with its `_`). */
export function namesUnder(prefix: string): Names {
  return Object.fromEntries(
    Object.entries(CATALOGUE).map(([key, { name }]) => [key, prefix + name]),
  ) as Names;
}
