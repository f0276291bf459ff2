import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { errorText, PrometheusConfigError } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { EndpointError } from './endpoint-reader.js';
import { grafanaDashboard, withEndpoint } from './generate.js';
import { wrong, type DashboardOptions, type Objective, type RulesOptions } from './options.js';
import { ruleTests } from './rule-tests.js';
import { rulesOf } from './rules.js';

/** What a command has written, and the exit status of the process. */
export interface Outcome {
  readonly status: 0 | 1 | 2;
  readonly output: string;
  readonly error: string;
}

const HELP = `nestjs-prometheus-exporter ${VERSION}

Usage:
  nestjs-prometheus-exporter dashboard [options]   prints a Grafana dashboard, as JSON
  nestjs-prometheus-exporter rules [options]       prints Prometheus rules, as YAML

Options of both:
  --prefix P        prefix of the default metrics, '' for none (nestjs)
  --group-by G      label of the groups: path, route, endpoint or your own (path);
                    rules: adds recording rules by that label
  --from URL        works prefix, group, buckets and features out of a running application's
                    endpoint, http://localhost:3000/metrics say; credentials go into the URL

Options of dashboard:
  --native          shows native histograms at first
  --title T         title of the dashboard (NestJS application)

Options of rules:
  --slo N           per cent of the requests that are not to be answered with a 5xx (99.9)
  --latency N       seconds in which 99 % of the requests are to be answered: a bucket bound (0.5)
  --config FILE     JSON with objectives of single routes or handlers:
                    { "objectives": [{ "name": "checkout", "route": "/checkout",
                      "availability": 99.9, "latency": { "seconds": 0.25, "target": 99 } }] }
  --tests           prints tests of the rules for \`promtool test rules\`, which expect them in rules.yml

  --help, --version

Exit status: 0; 1 when the endpoint of --from does not answer with metrics; 2 for a wrong argument.
`;

const COMMON = {
  prefix: { type: 'string' },
  'group-by': { type: 'string' },
  from: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const FLAGS = {
  dashboard: { ...COMMON, native: { type: 'boolean' }, title: { type: 'string' } },
  rules: {
    ...COMMON,
    slo: { type: 'string' },
    latency: { type: 'string' },
    config: { type: 'string' },
    tests: { type: 'boolean' },
  },
} as const satisfies Record<string, ParseArgsConfig['options']>;

type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Runs the command that the arguments name. Does not reject. */
export async function run(args: readonly string[]): Promise<Outcome> {
  try {
    const output = await outputOf(args);
    return { status: 0, output, error: '' };
  } catch (error) {
    const status = error instanceof EndpointError ? 1 : 2;
    const isOurs = error instanceof EndpointError || error instanceof PrometheusConfigError;
    const message = isOurs ? error.message : errorText(error);
    return { status, output: '', error: `${message.replaceAll(/\s*\n\s*/g, ' ')}\n` };
  }
}

async function outputOf([command, ...rest]: readonly string[]): Promise<string> {
  if (command === '--help' || command === '-h' || command === 'help') return HELP;
  if (command === '--version') return `${VERSION}\n`;
  if (command === undefined) {
    throw new PrometheusConfigError('a command is missing: `dashboard` or `rules`; see --help');
  }
  if (command !== 'dashboard' && command !== 'rules') {
    throw wrong('command', '`dashboard` or `rules`', command);
  }
  const flags = flagsOf(rest, FLAGS[command]);
  if (flags['help'] === true) return HELP;
  return command === 'dashboard' ? dashboardText(flags) : rulesText(flags);
}

function flagsOf(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): Flags {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values as Flags;
  } catch (error) {
    // Its first sentence names the argument.
    throw new PrometheusConfigError(`${(error as Error).message.split('. ')[0]}; see --help`);
  }
}

async function dashboardText(flags: Flags): Promise<string> {
  const options: DashboardOptions = {
    ...shapeOf(flags),
    ...(typeof flags['title'] === 'string' && { title: flags['title'] }),
    ...(flags['native'] === true && { native: true }),
  };
  const from = flags['from'];
  const dashboard =
    typeof from === 'string'
      ? await grafanaDashboard({ ...options, from })
      : grafanaDashboard(options);
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

async function rulesText(flags: Flags): Promise<string> {
  const given: RulesOptions = {
    ...shapeOf(flags),
    ...numberFlag(flags, 'slo'),
    ...numberFlag(flags, 'latency'),
    ...(typeof flags['config'] === 'string' && { objectives: objectivesIn(flags['config']) }),
  };
  const from = flags['from'];
  const options = typeof from === 'string' ? await withEndpoint(given, from) : given;
  const rules = rulesOf(options);
  return flags['tests'] === true ? ruleTests(options) : String(rules);
}

function shapeOf(flags: Flags): { prefix?: string; groupBy?: string } {
  const { prefix, 'group-by': groupBy } = flags;
  return {
    ...(typeof prefix === 'string' && { prefix }),
    ...(typeof groupBy === 'string' && { groupBy }),
  };
}

function numberFlag<Name extends 'slo' | 'latency'>(
  flags: Flags,
  name: Name,
): Partial<Record<Name, number>> {
  const text = flags[name];
  if (typeof text !== 'string') return {};
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw wrong(name, 'a number', text);
  return { [name]: value } as Partial<Record<Name, number>>;
}

function objectivesIn(file: string): readonly Objective[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new PrometheusConfigError(
      `\`config\` expects a file of JSON: ${(error as Error).message}`,
    );
  }
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  const unknown = isObject ? Object.keys(parsed as object).find((key) => key !== 'objectives') : '';
  if (!isObject || unknown !== undefined) {
    throw wrong('config', '{ "objectives": [...] }', parsed);
  }
  return (parsed as { objectives?: readonly Objective[] }).objectives ?? [];
}
