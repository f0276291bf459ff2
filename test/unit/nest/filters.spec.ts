import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { observedCopy, observeInPlace } from '../../../lib/nest/filters.js';

const HOST = {} as ArgumentsHost;

@Catch(RangeError)
class CountingFilter implements ExceptionFilter {
  #count = 0;

  catch(_exception: unknown, _host: ArgumentsHost): number {
    this.#count += 1;
    return this.#count;
  }
}

class FieldFilter implements ExceptionFilter {
  readonly #answer = 'field';
  readonly catch = (): string => this.#answer;
}

function listener(): { seen: unknown[]; listen: (exception: unknown) => void } {
  const seen: unknown[] = [];
  return { seen, listen: (exception) => void seen.push(exception) };
}

describe('observedCopy', () => {
  it('tells first, then lets the filter do its work on itself', () => {
    const { seen, listen } = listener();
    const filter = new CountingFilter();
    const copy = observedCopy(filter, listen);
    expect(copy.catch('a', HOST)).toBe(1);
    expect(copy.catch('b', HOST)).toBe(2);
    expect(filter.catch('c', HOST)).toBe(3);
    expect(seen).toEqual(['a', 'b']);
    expect(copy).toBeInstanceOf(CountingFilter);
  });

  it('works for a filter that is frozen and keeps `catch` as a field', () => {
    const { seen, listen } = listener();
    expect(observedCopy(Object.freeze(new FieldFilter()), listen).catch('a', HOST)).toBe('field');
    expect(seen).toEqual(['a']);
  });

  it('passes on what the filter throws', () => {
    const { listen } = listener();
    const broken = {
      catch(): never {
        throw new Error('broken');
      },
    };
    expect(() => observedCopy(broken, listen).catch('a', HOST) as unknown).toThrow('broken');
  });
});

describe('observeInPlace', () => {
  it.each([
    ['a method', new CountingFilter(), 1],
    ['a field', new FieldFilter(), 'field'],
  ])('observes a `catch` that is %s, once however often it is asked', (_, filter, answer) => {
    const { seen, listen } = listener();
    for (let i = 0; i < 3; i++) observeInPlace(filter, listen);
    expect(filter.catch('a', HOST)).toBe(answer);
    expect(seen).toEqual(['a']);
  });

  it('leaves other instances of the class alone', () => {
    const { seen, listen } = listener();
    observeInPlace(new CountingFilter(), listen);
    expect(new CountingFilter().catch('a', HOST)).toBe(1);
    expect(seen).toEqual([]);
  });

  it('adds nothing that shows when the filter is enumerated', () => {
    const filter = new CountingFilter();
    observeInPlace(filter, listener().listen);
    expect(Object.keys(filter)).toEqual([]);
    expect({ ...filter }).toEqual({});
  });

  it('leaves what is frozen or no filter as it is', () => {
    const { seen, listen } = listener();
    const frozen = Object.freeze(new CountingFilter());
    for (const value of [frozen, undefined, null, 'text', {}, { catch: 1 }, class {}]) {
      expect(() => observeInPlace(value, listen)).not.toThrow();
    }
    expect(frozen.catch('a', HOST)).toBe(1);
    expect(seen).toEqual([]);
  });
});
