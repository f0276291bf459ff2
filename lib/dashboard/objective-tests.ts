import { BURN_RATES } from './burn-rates.js';
import type { Names } from './names.js';
import type { CheckedObjective } from './objectives.js';
import { boundText, TARGET, type Input, type RuleTest } from './rule-test.js';

/** Time after which all windows hold what the test gives them. */
const MINUTES = 90;

/** That an objective of a route or a handler has its alerts: when all calls fail, or are slow. */
export function objectiveTests(names: Names, objectives: readonly CheckedObjective[]): RuleTest[] {
  return objectives.flatMap((objective) => {
    const { name, availability, latency } = objective;
    const tests: RuleTest[] = [];
    if (availability !== undefined) {
      tests.push({
        name: `calls of ${name} fail`,
        alert: 'NestjsErrorBudgetBurn',
        input: calls(names, objective, true),
        minutes: MINUTES,
        fires: burning('NestjsErrorBudgetBurn', name, availability),
      });
    }
    if (latency !== undefined) {
      tests.push({
        name: `calls of ${name} are slow`,
        alert: 'NestjsLatencyBudgetBurn',
        input: calls(names, objective, false),
        minutes: MINUTES,
        fires: burning('NestjsLatencyBudgetBurn', name, latency.target),
      });
    }
    return tests;
  });
}

/** A thousand calls a minute, none of them within the objective's time. */
function calls(
  names: Names,
  { isRoute, matcher, latency }: CheckedObjective,
  isFailing: boolean,
): Input[] {
  const histogram = isRoute ? names.httpRequestDuration : names.handlerDuration;
  const status = isRoute
    ? `method="GET",status="${isFailing ? 500 : 200}"`
    : `kind="event",outcome="${isFailing ? 'error' : 'success'}"`;
  const series = (suffix: string, more = ''): string =>
    `${histogram}${suffix}{${TARGET},${matcher},${status}${more}}`;
  const all = `0+1000x${MINUTES}`;
  const bound = boundText(latency?.seconds ?? 0.5);
  return [
    { series: series('_count'), values: all },
    { series: series('_bucket', `,le="${bound}"`), values: `0x${MINUTES}` },
    { series: series('_bucket', ',le="+Inf"'), values: all },
    { series: `up{${TARGET}}`, values: `1x${MINUTES}` },
  ];
}

/** The alerts of all burn rates that the objective leaves room for. */
function burning(alertname: string, objective: string, target: number): RuleTest['fires'] {
  return BURN_RATES.filter(({ factor }) => factor * (1 - target) < 1).map(
    ({ long: window, severity }) => ({ alertname, job: 'shop', severity, window, objective }),
  );
}
