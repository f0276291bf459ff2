import { VERSION } from './version.js';

/**
 * A symbol that is the same in every copy of this version of the library in one process: the
 * package is loaded once by `import` and once more by `require`, and both have to find what the
 * other one left. Copies of different versions do not see each other's marks.
 *
 * @param name says what the symbol marks
 */
export function brand(name: string): symbol {
  return Symbol.for(`nestjs-prometheus-exporter@${VERSION}:${name}`);
}
