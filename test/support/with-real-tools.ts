import { findRealTools, toolsAreRequired } from './real-tools.mjs';

/** Commands to run the programs by. */
export interface RealTools {
  readonly prometheus: string;
  readonly promtool: string;
  readonly python: string;
}

/**
 * A `describe` for tests that need the programs of the Prometheus project. Where one is missing,
 * its tests are skipped and its name says why; with `CI` set, they fail.
 */
export function describeWithRealTools(name: string, define: (tools: RealTools) => void): void {
  const { prometheus, promtool, python, missing } = findRealTools();
  if (prometheus !== undefined && promtool !== undefined && python !== undefined) {
    describe(name, () => define({ prometheus, promtool, python }));
    return;
  }
  const reason = `missing: ${missing.join(', ')}`;
  if (toolsAreRequired()) {
    it(`${name} (${reason})`, () => {
      throw new Error(`CI is set, and these programs are ${reason}`);
    });
    return;
  }
  const describeSkipped = describe.skip;
  describeSkipped(`${name} (skipped, ${reason})`, () => {
    define({ prometheus: 'prometheus', promtool: 'promtool', python: 'python3' });
  });
}
