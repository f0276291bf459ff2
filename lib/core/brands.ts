import { VERSION } from './version.js';

/** Begins the key of every mark. `brand()` is the short form where a plain `symbol` will do. */
export const BRAND = `nestjs-prometheus-exporter@${VERSION}:`;

/**
 * A symbol that is the same in every copy of this version of the library in one process: the
 * package is loaded once by `import` and once more by `require`, and both have to find what the
 * other one left. Copies of different versions do not see each other's marks.
 *
 * @param name says what the symbol marks
 */
export function brand(name: string): symbol {
  return Symbol.for(BRAND + name);
}

/** Whether a value bears a mark, of its own or of its class. */
export function isMarked(value: unknown, mark: symbol): boolean {
  return typeof value === 'object' && value !== null && mark in value;
}
