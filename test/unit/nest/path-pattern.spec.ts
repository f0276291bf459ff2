import { isExact, isLiteral, pathPattern } from '../../../lib/nest/path-pattern.js';

describe('pathPattern', () => {
  it.each([
    ['/internal/*path', '/internal/metrics'],
    ['/internal/*path', '/internal/metrics/live'],
    ['/internal/*', '/internal/metrics'],
    ['/internal/*"the rest"', '/internal/metrics'],
    ['/internal{/*path}', '/internal'],
    ['/internal{/*path}', '/internal/metrics'],
    ['/{*path}', '/internal/metrics'],
    ['*path', '/internal/metrics'],
    ['/(.*)', '/internal/metrics'],
    ['/internal/(.*)', '/internal/metrics'],
    ['/internal/:name', '/internal/metrics'],
    ['/internal/:name(\\w+)', '/internal/metrics'],
    ['/internal/:name((a|m)\\w+)?', '/internal'],
    ['/internal/m:rest', '/internal/metrics'],
    ['/:one/:two', '/internal/metrics'],
    ['/:a-:b/metrics', '/in-ternal/metrics'],
    ['/internal/metrics', '/internal/metrics'],
    ['/internal/metrics/', '/internal/metrics'],
    ['/internal/metrics$', '/internal/metrics'],
    ['/INTERNAL/metrics', '/internal/metrics'],
    ['/internal/m.etrics', '/internal/m.etrics'],
    ['/internal/a\\$', '/internal/a$'],
  ])('%s covers %s', (pattern, path) => {
    expect(pathPattern(pattern).test(path)).toBe(true);
  });

  it.each([
    ['/internal', '/internal/metrics'],
    ['/internal/*path', '/external/metrics'],
    ['/internal/*path', '/internals'],
    ['/internal/:name', '/internal/metrics/live'],
    ['/:name', '/internal/metrics'],
    ['/internal/m.etrics', '/internal/mxetrics'],
  ])('%s does not cover %s', (pattern, path) => {
    expect(pathPattern(pattern).test(path)).toBe(false);
  });

  it('stands for what is beneath it as a prefix', () => {
    expect(pathPattern('/internal', true).test('/internal/metrics')).toBe(true);
    expect(pathPattern('/internal', true).test('/internals')).toBe(false);
  });
});

it('isLiteral tells a path that stands for itself alone', () => {
  expect(['/a/b', '/a/:b', '/a/*', '/a{/b}', '/a.b-c$'].map(isLiteral)).toEqual([
    true,
    false,
    false,
    false,
    true,
  ]);
});

it('isExact tells a path without expressions', () => {
  expect(['/a/:b', '/a/*b', '/:a(\\d+)', '/a?'].map(isExact)).toEqual([true, true, false, false]);
});
