import { dashboardOf, type Dashboard } from './dashboard.js';
import { readEndpoint } from './endpoint-reader.js';
import type { DashboardOptions, RulesOptions } from './options.js';
import { rulesOf, type PrometheusRules } from './rules.js';

/** Options that a running application's endpoint fills in, where they are not given. */
export interface FromEndpoint {
  /** Address of the endpoint; may hold a user name and a password. */
  from: string;
}

/**
 * A Grafana dashboard for an application, as Grafana 11 and later import it.
 *
 * With `from`, prefix, group and features are worked out from a running application's endpoint, and
 * each metric of its own gets a panel; then a promise is returned.
 *
 * @throws PrometheusConfigError for an option that is wrong
 * @throws EndpointError (as a rejection) when the endpoint does not answer with metrics
 * @example
 * writeFileSync('dashboard.json', JSON.stringify(grafanaDashboard({ groupBy: 'route' })));
 */
export function grafanaDashboard(options?: DashboardOptions): Dashboard;
export function grafanaDashboard(options: DashboardOptions & FromEndpoint): Promise<Dashboard>;
export function grafanaDashboard(
  options: DashboardOptions & Partial<FromEndpoint> = {},
): Dashboard | Promise<Dashboard> {
  const { from, ...given } = options;
  if (from === undefined) return dashboardOf(given);
  return readEndpoint(from).then(({ prefix, groupBy, exported }) =>
    dashboardOf({ prefix, groupBy, ...given }, exported),
  );
}

/**
 * Recording rules for rates, errors and latency of an application, and alerts on its objectives, its
 * jobs, its process and its exporter. For Prometheus 2.42 and later. Its text is YAML.
 *
 * With `from`, prefix, group and bucket bounds are worked out from a running application's endpoint,
 * `latency` is the next bound where it is not given; then a promise is returned.
 *
 * @throws PrometheusConfigError for an option that is wrong
 * @throws EndpointError (as a rejection) when the endpoint does not answer with metrics
 * @example
 * writeFileSync('rules.yml', String(prometheusRules({ slo: 99.5, latency: 0.25 })));
 */
export function prometheusRules(options?: RulesOptions): PrometheusRules;
export function prometheusRules(options: RulesOptions & FromEndpoint): Promise<PrometheusRules>;
export function prometheusRules(
  options: RulesOptions & Partial<FromEndpoint> = {},
): PrometheusRules | Promise<PrometheusRules> {
  const { from, ...given } = options;
  return from === undefined ? rulesOf(given) : withEndpoint(given, from).then(rulesOf);
}

/** What is given, completed by what the endpoint tells. */
export async function withEndpoint(given: RulesOptions, from: string): Promise<RulesOptions> {
  const { prefix, groupBy, buckets } = await readEndpoint(from);
  if (buckets.length === 0) return { prefix, groupBy, ...given };
  const next = buckets.find((bound) => bound >= DEFAULT_LATENCY) ?? buckets.at(-1);
  return { prefix, groupBy, buckets, ...(next !== undefined && { latency: next }), ...given };
}

const DEFAULT_LATENCY = 0.5;
