import { addOptOut } from './metadata.js';
import { methodOrClassDecorator } from './method-or-class.js';

/**
 * Leaves a handler, or all handlers of a class, out of the default metrics. Metrics of decorators
 * still count.
 *
 * @example
 * \@Get('health')
 * \@DoNotTrack()
 * health() {}
 */
export function DoNotTrack(): MethodDecorator & ClassDecorator {
  return methodOrClassDecorator('DoNotTrack()', (decorated) => addOptOut(decorated, 'default'));
}

/** Leaves a handler, or all handlers of a class, out of all metrics. */
export function ExcludeAllMetrics(): MethodDecorator & ClassDecorator {
  return methodOrClassDecorator('ExcludeAllMetrics()', (decorated) => addOptOut(decorated, 'all'));
}
