import { VERSION } from './version.js';

/** The same in all versions, so that they learn of each other. */
const VERSIONS = Symbol.for('nestjs-prometheus-exporter:versions');

type Versions = Map<string, string>;

/**
 * Notes that this version of the library is used in the process, for others that are in it as well.
 *
 * @param what it is used for, e.g. the name of a decorated class; the first one is kept
 */
export function noteUse(what: string): void {
  const versions = known();
  if (!versions.has(VERSION)) versions.set(VERSION, what);
}

/** What to do about other versions that are used in this process; empty when there is none. */
export function otherVersionsHint(): string {
  const others = [...known()].filter(([version]) => version !== VERSION);
  if (others.length === 0) return '';
  const uses = others.map(([version, use]) => `${version} (first used by ${use})`);
  return `nestjs-prometheus-exporter ${VERSION} and ${uses.join(' and ')} are in one process. They share nothing: what one decorates or injects is no part of an application with the other's module. Keep one of them (\`npm ls nestjs-prometheus-exporter\`)`;
}

function known(): Versions {
  const holder = globalThis as { [VERSIONS]?: Versions };
  return (holder[VERSIONS] ??= new Map());
}
