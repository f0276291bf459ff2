import { DEFAULT_BUCKETS } from '../metrics/histogram.js';
import { burnAlerts, type Alert, type Budget } from './burn-alerts.js';
import { healthAlerts } from './health-alerts.js';
import { namesUnder, type Names } from './names.js';
import { objectivesOf, type CheckedObjective } from './objectives.js';
import {
  checkedBound,
  checkedGroup,
  checkedPrefix,
  checkedShare,
  type RulesOptions,
} from './options.js';
import { httpRecordings, objectiveRecordings, subjectOf, type Rule } from './recording-rules.js';
import { yamlText, type Value } from './yaml.js';

/** Where the runbook of each alert is. */
const RUNBOOK =
  'https://github.com/nestjs-prometheus-exporter/nestjs-prometheus-exporter/blob/main/docs/alerts.md';

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (Rule | Alert)[];
}

/** A file of Prometheus rules; its text is YAML. */
export class PrometheusRules {
  constructor(readonly groups: readonly RuleGroup[]) {}

  /** The file, as `promtool check rules` and Prometheus read it. */
  toString(): string {
    return yamlText({ groups: this.groups as unknown as Value });
  }
}

/** The share of requests that are to be fast. */
const LATENCY_TARGET = 0.99;

/** @throws PrometheusConfigError for an option that is wrong */
export function rulesOf(options: RulesOptions = {}): PrometheusRules {
  const prefix = checkedPrefix(options.prefix);
  const names = namesUnder(prefix);
  const buckets = options.buckets ?? DEFAULT_BUCKETS;
  const latency = checkedBound('latency', options.latency ?? 0.5, buckets);
  const availability = checkedShare('slo', options.slo ?? 99.9);
  const group = options.groupBy === undefined ? undefined : checkedGroup(options.groupBy);
  return new PrometheusRules([
    { name: `${prefix}http_recordings`, rules: httpRecordings(names, latency, group) },
    {
      name: `${prefix}http_objectives`,
      rules: httpBudgets(names, availability, latency).flatMap(burnAlerts),
    },
    ...objectivesOf(options).map((objective) => objectiveGroup(prefix, names, objective)),
    { name: `${prefix}health`, rules: healthAlerts(names, runbookOf) },
  ]);
}

export function runbookOf(alert: string): string {
  return `${RUNBOOK}#${alert.toLowerCase()}`;
}

function httpBudgets(names: Names, availability: number, latency: number): Budget[] {
  const requests = subjectOf(names.httpRequests);
  const common = { traffic: requests, whose: 'its requests', labels: {} };
  return [
    {
      ...common,
      alert: 'NestjsErrorBudgetBurn',
      metric: requests,
      kind: 'errors',
      objective: availability,
      says: 'are answered with a 5xx',
      runbook: runbookOf('NestjsErrorBudgetBurn'),
    },
    {
      ...common,
      alert: 'NestjsLatencyBudgetBurn',
      metric: names.httpRequestDuration,
      kind: 'slow',
      objective: LATENCY_TARGET,
      says: `take longer than ${latency} s`,
      runbook: runbookOf('NestjsLatencyBudgetBurn'),
    },
  ];
}

function objectiveGroup(prefix: string, names: Names, objective: CheckedObjective): RuleGroup {
  const { id, name, matcher, isRoute, availability, latency } = objective;
  const histogram = isRoute ? names.httpRequestDuration : names.handlerDuration;
  const failed = isRoute ? 'status=~"5.."' : 'outcome="error"';
  const metric = `objective_${id}`;
  const common = {
    metric,
    traffic: metric,
    whose: `the calls of ${name}`,
    labels: { objective: name },
  };
  const alerts = [
    ...(availability === undefined
      ? []
      : burnAlerts({
          ...common,
          alert: 'NestjsErrorBudgetBurn',
          kind: 'errors',
          objective: availability,
          says: 'fail',
          runbook: runbookOf('NestjsErrorBudgetBurn'),
        })),
    ...(latency === undefined
      ? []
      : burnAlerts({
          ...common,
          alert: 'NestjsLatencyBudgetBurn',
          kind: 'slow',
          objective: latency.target,
          says: `take longer than ${latency.seconds} s`,
          runbook: runbookOf('NestjsLatencyBudgetBurn'),
        })),
  ];
  const recordings = objectiveRecordings(id, histogram, [matcher], failed, latency?.seconds);
  return { name: `${prefix}objective_${id}`, rules: [...recordings, ...alerts] };
}
