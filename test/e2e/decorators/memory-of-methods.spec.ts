import { execFileSync } from 'node:child_process';
import { Compiled } from '../../support/compiled.js';

/** Room for all that is made between two collections. */
const FLAGS = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];

interface Answer {
  readonly bytes: Readonly<Record<string, number>>;
  readonly taken: number;
  readonly calls: number;
}

describe('a call of a measured method with fixed labels', () => {
  it('takes no memory when the method returns a value', () => {
    const compiled = new Compiled('test/e2e/decorators/fixtures');
    try {
      const output = execFileSync(process.execPath, [...FLAGS, compiled.fixture('method-memory')]);
      const { bytes, taken, calls } = JSON.parse(String(output)) as Answer;
      expect(taken).toBe(calls);
      const taking = Object.entries(bytes).filter(([, ofCall]) => ofCall >= 4);
      expect(taking).toEqual([]);
    } finally {
      compiled.remove();
    }
  });
});
