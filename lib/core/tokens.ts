/** The options as the application gave them. */
export const GIVEN_OPTIONS = Symbol('nestjs-prometheus-exporter.given-options');

/** The options, checked and complete (`ResolvedOptions`). */
export const RESOLVED_OPTIONS = Symbol('nestjs-prometheus-exporter.options');

/** The module class that carries the metrics controller. */
export const HOST_MODULE = Symbol('nestjs-prometheus-exporter.host-module');
