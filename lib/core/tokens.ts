import { brand } from './brands.js';

// Tokens are symbols, not classes: what one copy of the library provides, one that was loaded by
// `require` beside one by `import` say, is injected by the other.

/** The options as the application gave them. */
export const GIVEN_OPTIONS = brand('given-options');

/** The options, checked and complete (`ResolvedOptions`). */
export const RESOLVED_OPTIONS = brand('options');

/** The module class that carries the metrics controller. */
export const HOST_MODULE = brand('host-module');

/** What measures the calls of handlers (`CallMeter`). */
export const CALL_METER = brand('call-meter');

/** What measures the calls of methods (`MethodMeter`). */
export const METHOD_METER = brand('method-meter');

/** The metric objects that are injected (`InjectedMetrics`). */
export const INJECTED_METRICS = brand('injected-metrics');

/** Who finds the providers for `collect()` (`CollectProviders`). */
export const COLLECT_PROVIDERS = brand('collect-providers');

/** Who gives exemplars (`ExemplarSource`), if anybody does. */
export const EXEMPLARS = brand('exemplars');

/** The library's own routes (`OwnRoutes`). */
export const OWN_ROUTES = brand('own-routes');

/** Who answers scrapes (`MetricsResponder`). */
export const METRICS_RESPONDER = brand('metrics-responder');

/** What starts and stops the parts (`PrometheusLifecycle`). */
export const LIFECYCLE = brand('lifecycle');

/** The parts of the exporter, in the order in which they start (`Parts`). */
export const PARTS = brand('parts');
