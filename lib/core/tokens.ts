import { brand } from './brands.js';

// Tokens are symbols, not classes: what one copy of the library provides, one that was loaded by
// `require` beside one by `import` say, is injected by the other.

/** The options as the application gave them. */
export const GIVEN_OPTIONS = brand('given-options');

/** All that the exporter consists of (`Exporter`). */
export const EXPORTER = brand('exporter');

/** What measures the calls of handlers (`CallMeter`). */
export const CALL_METER = brand('call-meter');

/** What measures the calls of methods (`MethodMeter`). */
export const METHOD_METER = brand('method-meter');

/** The metric objects that are injected (`InjectedMetrics`). */
export const INJECTED_METRICS = brand('injected-metrics');

/** The library's own routes (`OwnRoutes`). */
export const OWN_ROUTES = brand('own-routes');

/** What starts and stops the parts (`PrometheusLifecycle`). */
export const LIFECYCLE = brand('lifecycle');
