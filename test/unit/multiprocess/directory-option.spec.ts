import { tmpdir } from 'node:os';
import { MULTIPROCESS_VARIABLE } from '../../../lib/options/multiprocess-options.js';
import { resolveOptions } from '../../../lib/options/resolve-options.js';
import { Registry } from 'prom-client';
import { markProcessDead, startMetricsServer } from '../../../lib/multiprocess.js';

const NAMED = process.env[MULTIPROCESS_VARIABLE];
afterEach(() => {
  if (NAMED === undefined) delete process.env[MULTIPROCESS_VARIABLE];
  else process.env[MULTIPROCESS_VARIABLE] = NAMED;
});

function directoryOf(multiprocess: unknown): string | undefined {
  const options = { multiprocess } as Parameters<typeof resolveOptions>[0];
  return resolveOptions(options, { registry: new Registry() }, () => undefined).multiprocess;
}

describe('option `multiprocess`', () => {
  it('is off by default, also when the environment names a directory', () => {
    process.env[MULTIPROCESS_VARIABLE] = tmpdir();
    expect(directoryOf(undefined)).toBeUndefined();
    expect(directoryOf(false)).toBeUndefined();
  });

  it('takes the directory from the environment, or as it is given', () => {
    process.env[MULTIPROCESS_VARIABLE] = tmpdir();
    expect(directoryOf(true)).toBe(tmpdir());
    expect(directoryOf({})).toBe(tmpdir());
    process.env[MULTIPROCESS_VARIABLE] = '/not/there';
    expect(directoryOf({ directory: tmpdir() })).toBe(tmpdir());
  });

  it.each([
    ['nothing', true, undefined],
    ['an empty variable', true, ''],
    ['a directory that does not exist', true, '/not/there'],
    ['a file', { directory: import.meta.filename }, undefined],
    ['a number', { directory: 5 }, undefined],
  ])('fails the startup for %s, and says what to set', (_, option, variable) => {
    if (variable === undefined) delete process.env[MULTIPROCESS_VARIABLE];
    else process.env[MULTIPROCESS_VARIABLE] = variable;
    expect(() => directoryOf(option)).toThrow(/`multiprocess`.*PROMETHEUS_MULTIPROC_DIR/s);
  });

  it.each(['yes', 1, [], null])('fails the startup for %p', (value) => {
    expect(() => directoryOf(value)).toThrow(/`multiprocess` expects/);
  });
});

describe('./multiprocess', () => {
  it('rejects a directory that does not exist', async () => {
    const directory = '/not/there';
    await expect(startMetricsServer({ port: 0, directory })).rejects.toThrow('/not/there');
    expect(() => markProcessDead(1, { directory })).toThrow('/not/there');
  });

  it('rejects a process id that is none', () => {
    expect(() => markProcessDead(undefined, { directory: tmpdir() })).toThrow('markProcessDead');
  });
});
