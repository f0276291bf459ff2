import { PathLimiter } from '../../../lib/http/path-limiter.js';

function limiterAndOverflows(): { limiter: PathLimiter; overflows: () => number } {
  let overflows = 0;
  return { limiter: new PathLimiter(() => overflows++), overflows: () => overflows };
}

function paths(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `/${prefix}/${i}`);
}

describe('PathLimiter', () => {
  it('keeps 100 paths that match no route, the rest is `_other`', () => {
    const { limiter, overflows } = limiterAndOverflows();
    for (const path of paths('x', 100)) expect(limiter.labelValue(path, undefined)).toBe(path);
    for (const path of paths('y', 50)) expect(limiter.labelValue(path, undefined)).toBe('_other');
    for (const path of paths('x', 100)) expect(limiter.labelValue(path, undefined)).toBe(path);
    expect(overflows()).toBe(50);
  });

  it('keeps 1000 paths in all, the rest is the template of its route', () => {
    const { limiter, overflows } = limiterAndOverflows();
    for (const path of paths('x', 200)) limiter.labelValue(path, undefined);
    for (const path of paths('cats', 900)) expect(limiter.labelValue(path, '/cats/:id')).toBe(path);
    expect(limiter.labelValue('/cats/new', '/cats/:id')).toBe('/cats/:id');
    expect(limiter.labelValue('/cats/0', '/cats/:id')).toBe('/cats/0');
    expect(limiter.labelValue('/x/0', undefined)).toBe('/x/0');
    expect(limiter.labelValue('/z/0', undefined)).toBe('_other');
    expect(overflows()).toBe(102);
  });

  it('takes a path that was seen unmatched for what it is when a route matches it', () => {
    const { limiter } = limiterAndOverflows();
    expect(limiter.labelValue('/cats/1', undefined)).toBe('/cats/1');
    expect(limiter.labelValue('/cats/1', '/cats/:id')).toBe('/cats/1');
  });

  it('cuts long paths, and counts those with the same beginning once', () => {
    const { limiter, overflows } = limiterAndOverflows();
    const long = `/${'x'.repeat(300)}`;
    for (let i = 0; i < 200; i++) {
      expect(limiter.labelValue(long + String(i), undefined)).toBe(long.slice(0, 256));
    }
    expect(overflows()).toBe(0);
    for (const path of paths('y', 99)) expect(limiter.labelValue(path, undefined)).toBe(path);
    expect(limiter.labelValue('/z', undefined)).toBe('_other');
  });

  it.each(['/__proto__', '__proto__', 'constructor', ''])('takes %j as any other', (path) => {
    const { limiter } = limiterAndOverflows();
    expect(limiter.labelValue(path, undefined)).toBe(path);
    expect(limiter.labelValue(path, '/template')).toBe(path);
  });
});
