/**
 * The real programs that tests run against, in one table: how each is found, and the Debian package
 * that brings it.
 */
import { spawnSync } from 'node:child_process';

/**
 * @typedef {object} RealTool
 * @property {string} debian the Debian package
 * @property {string[]} commands where it may be; the first that runs is taken
 * @property {string[]} probe arguments with which it ends at once, with status 0
 * @property {string} neededBy the tests that ask for it
 */

const REAL_TOOLS = {
  prometheus: {
    debian: 'prometheus',
    commands: ['prometheus'],
    probe: ['--version'],
    neededBy: 'expositions, several processes, rules',
  },
  promtool: {
    debian: 'prometheus',
    commands: ['promtool'],
    probe: ['--version'],
    neededBy: 'expositions, rules',
  },
  python: {
    debian: 'python3-prometheus-client',
    // Debian's interpreter first: another `python3` in the path does not see Debian's packages.
    commands: ['/usr/bin/python3', 'python3', 'python'],
    probe: ['-c', 'import prometheus_client.openmetrics.parser'],
    neededBy: 'expositions, read by the Python client',
  },
  'redis-server': {
    debian: 'redis-server',
    commands: ['redis-server'],
    probe: ['--version'],
    neededBy: 'handlers of queues and messages, calls to databases',
  },
  'mariadb-server': {
    debian: 'mariadb-server',
    commands: ['mariadbd', '/usr/sbin/mariadbd'],
    probe: ['--version'],
    neededBy: 'calls to databases',
  },
  'prometheus-pushgateway': {
    debian: 'prometheus-pushgateway',
    commands: ['prometheus-pushgateway'],
    probe: ['--version'],
    neededBy: 'the Pushgateway',
  },
  chromium: {
    debian: 'chromium',
    commands: ['chromium'],
    probe: ['--version'],
    neededBy: 'the live page',
  },
};

/** @typedef {keyof typeof REAL_TOOLS} ToolName */

/** @type {ToolName[]} */
export const ALL_TOOLS = /** @type {ToolName[]} */ (Object.keys(REAL_TOOLS));

/** @type {Map<ToolName, string | undefined>} */
const found = new Map();

/**
 * Looks a program up; starts it once, briefly.
 *
 * @param {ToolName} name
 * @returns {string | undefined} the command to run
 */
export function findTool(name) {
  if (!found.has(name)) {
    const { commands, probe } = REAL_TOOLS[name];
    found.set(
      name,
      commands.find((command) => {
        const { status } = spawnSync(command, probe, { stdio: 'ignore', timeout: 30_000 });
        return status === 0;
      }),
    );
  }
  return found.get(name);
}

/**
 * The command of a program that has to be there.
 *
 * @param {ToolName} name
 * @returns {string} the command to run
 * @throws {Error} that says how to get it, where it is missing
 */
export function requireTool(name) {
  const command = findTool(name);
  if (command === undefined) throw new Error(`missing: ${describeTool(name)}; run: npm run tools`);
  return command;
}

/**
 * @param {ToolName[]} [names]
 * @returns {ToolName[]} those that are not there
 */
export function missingTools(names = ALL_TOOLS) {
  return names.filter((name) => findTool(name) === undefined);
}

/** @param {ToolName} name */
export function describeTool(name) {
  const { debian, neededBy } = REAL_TOOLS[name];
  return `${name} (Debian package ${debian}), for ${neededBy}`;
}

/**
 * @param {ToolName[]} names
 * @returns {string[]} the Debian packages that bring them
 */
export function packagesOf(names) {
  return [...new Set(names.map((name) => REAL_TOOLS[name].debian))];
}

/** Forgets what was found, after an installation. */
export function lookAgain() {
  found.clear();
}

/**
 * Whether a missing program fails the tests instead of skipping those that need it.
 *
 * @returns {boolean} true where `CI` is set to anything but `false` or `0`
 */
export function toolsAreRequired() {
  return !['', '0', 'false'].includes(process.env['CI'] ?? '');
}
