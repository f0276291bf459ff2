/** The options as the application gave them. */
export const GIVEN_OPTIONS = Symbol('nestjs-prometheus-exporter.given-options');

/** The options, checked and complete (`ResolvedOptions`). */
export const RESOLVED_OPTIONS = Symbol('nestjs-prometheus-exporter.options');

/** The module class that carries the metrics controller. */
export const HOST_MODULE = Symbol('nestjs-prometheus-exporter.host-module');

/** The parts of the exporter, in the order in which they start (`Parts`). */
export const PARTS = Symbol('nestjs-prometheus-exporter.parts');
