import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brand } from '../../../lib/core/brands.js';
import { PrometheusConfigError } from '../../../lib/core/errors.js';
import { VERSION } from '../../../lib/core/version.js';

const lib = join(import.meta.dirname, '../../../lib');

/** Symbols that nobody but the very object that made them looks for. */
const INTERNAL = [
  'core/by-handler.ts',
  'outgoing/call-timer.ts',
  'outgoing/undici-requests.ts',
  'prometheus.module.ts',
  'registry/deadline.ts',
];

describe('marks', () => {
  it('are the same in every copy of a version, wherever the library sets them', () => {
    const own = readdirSync(lib, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !INTERNAL.includes(file))
      .filter((file) => /(?<![.\w])Symbol\(/.test(readFileSync(join(lib, file), 'utf8')));
    expect(own).toEqual([]);
  });

  it('tell what stands on a registry, not the class of one copy', () => {
    const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /instanceof RegisteredMetric/.test(readFileSync(join(lib, file), 'utf8')));
    expect(files).toEqual([]);
  });

  it('differ from version to version', () => {
    expect(Symbol.keyFor(brand('spec'))).toBe(`nestjs-prometheus-exporter@${VERSION}:spec`);
  });
});

describe('PrometheusConfigError', () => {
  class Special extends PrometheusConfigError {}

  it('is told from other errors, and its subclasses from it', () => {
    const errors = [new PrometheusConfigError('a'), new Special('b'), new Error('c'), null, 'd'];
    const are = (type: Function): boolean[] => errors.map((error) => error instanceof type);
    expect(are(PrometheusConfigError)).toEqual([true, true, false, false, false]);
    expect(are(Special)).toEqual([false, true, false, false, false]);
  });

  it('is one, too, when another copy of the library made it', () => {
    class OtherCopy extends Error {}
    Object.defineProperty(OtherCopy.prototype, brand('config-error'), { value: true });
    expect(new OtherCopy()).toBeInstanceOf(PrometheusConfigError);
  });
});
