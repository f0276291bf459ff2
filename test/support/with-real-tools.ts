import { findTool, missingTools, toolsAreRequired, type ToolName } from './real-tools.mjs';

/** Commands to run programs by. */
export type Commands<Name extends ToolName = ToolName> = Readonly<Record<Name, string>>;

/** The programs of the Prometheus project that judge what this library writes. */
const JUDGES = ['prometheus', 'promtool', 'python'] as const;

export type RealTools = Commands<(typeof JUDGES)[number]>;

/** A `describe` for tests that need the programs of the Prometheus project. */
export function describeWithRealTools(name: string, define: (tools: RealTools) => void): void {
  describeWithTools(name, JUDGES, define);
}

/**
 * A `describe` for tests that need real programs, of the table in real-tools.mjs. Where one is
 * missing, its tests are skipped and its name says why; with `CI` set, they fail.
 *
 * @example
 * describeWithTools('a queue', ['redis-server'], (commands) => {
 *   it('...', () => spawn(commands['redis-server'], ['--port', '0']));
 * });
 */
export function describeWithTools<const Name extends ToolName>(
  name: string,
  tools: readonly Name[],
  define: (commands: Commands<Name>) => void,
): void {
  const missing = missingTools([...tools]);
  const reason = `missing: ${missing.join(', ')}`;
  if (missing.length > 0 && toolsAreRequired()) {
    it(`${name} (${reason})`, () => {
      throw new Error(`CI is set, and these programs are ${reason}`);
    });
    return;
  }
  // A command that is missing is never run.
  const commands = Object.fromEntries(tools.map((tool) => [tool, findTool(tool) ?? tool]));
  const describeOrSkip = missing.length === 0 ? describe : describe.skip;
  describeOrSkip(missing.length === 0 ? name : `${name} (skipped, ${reason})`, () =>
    define(commands as Commands<Name>),
  );
}
