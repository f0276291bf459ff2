import * as fc from 'fast-check';
import { pathOf } from '../../../lib/core/request-target.js';
import { methodLabel } from '../../../lib/http/method-label.js';

describe('pathOf', () => {
  it.each([
    ['/', '/'],
    ['/cats', '/cats'],
    ['/cats?a=b', '/cats'],
    ['/cats?', '/cats'],
    ['/cats?a=/b?c', '/cats'],
    ['/cats/?a', '/cats/'],
    ['?a=b', ''],
    ['', ''],
    ['*', '*'],
    ['//cats', '//cats'],
    ['/a://b/c', '/a://b/c'],
    ['http://a.example/cats?b=c', '/cats'],
    ['https://a.example:8080/cats/1', '/cats/1'],
    ['http://a.example', '/'],
    ['http://a.example?a=/b', '/'],
    ['http:///cats', '/cats'],
    ['a.example:443', 'a.example:443'],
    ['/%zz', '/%zz'],
  ])('of %j is %j', (target, path) => {
    expect(pathOf(target)).toBe(path);
  });

  it('holds no query string, whatever the target', () => {
    fc.assert(fc.property(fc.string(), (target) => !pathOf(target).includes('?')));
  });

  it('is what a URL parser says, of any absolute form', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        // The parser normalizes dots away.
        fc.pre(!/\/\.{1,2}(\/|\?|$)|%2e/i.test(url));
        expect(pathOf(url)).toBe(new URL(url).pathname);
      }),
    );
  });
});

describe('methodLabel', () => {
  it.each('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH'.split(' '))(
    'keeps %s',
    (method) => {
      expect(methodLabel(method)).toBe(method);
    },
  );

  it.each(['', 'get', 'PROPFIND', 'QUERY', '_other', 'GET ', '__proto__', 'constructor'])(
    'writes %j as unknown',
    (method) => {
      expect(methodLabel(method)).toBe('unknown');
    },
  );
});
