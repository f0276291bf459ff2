import { execFileSync } from 'node:child_process';
import { Compiled } from '../../support/compiled.js';
import { parseExposition } from '../../support/parse-exposition.js';

interface Answer {
  readonly answers: readonly unknown[];
  readonly body: string;
}

const compiled = new Compiled('test/e2e/decorators/fixtures');

afterAll(() => compiled.remove());

describe.each(['middleware', 'guard', 'interceptor'])(
  'label functions see the context that %s of nestjs-cls opens',
  (place) => {
    it.each(['express', 'fastify'])('[%s] in handlers, methods and proxies', (platform) => {
      const output = execFileSync(process.execPath, [compiled.fixture('cls'), platform, place]);
      const { answers, body } = JSON.parse(String(output)) as Answer;
      const done = ['taken', 'sent', 2];
      expect(answers).toEqual([
        ['a', ...done],
        ['b', ...done],
        ['b', ...done],
      ]);
      const shown = parseExposition(body, 'text');
      // The call of a handler is over when its response is, for which an interceptor has no context.
      const names = ['taken', 'sent', ...(place === 'interceptor' ? [] : ['asked'])];
      for (const name of names) {
        expect(shown.value(`${name}_total`, { tenant: 'a' })).toBe(1);
        expect(shown.value(`${name}_total`, { tenant: 'b' })).toBe(2);
        expect(shown.sum(`${name}_total`, {})).toBe(3);
      }
      expect(shown.value('added_total', { tenant: 'a' })).toBe(2);
      expect(shown.value('added_total', { tenant: 'b' })).toBe(4);
      expect(shown.value('added_seconds_count', {})).toBe(6);
      expect(shown.sum('sending', {})).toBe(0);
    });
  },
);
