export { grafanaDashboard, prometheusRules, type FromEndpoint } from './dashboard/generate.js';
export type { Dashboard } from './dashboard/dashboard.js';
export type {
  DashboardOptions,
  MetricsShape,
  Objective,
  RulesOptions,
} from './dashboard/options.js';
export type { PrometheusRules, RuleGroup } from './dashboard/rules.js';
