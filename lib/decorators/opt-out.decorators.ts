import { addOptOut, type OptOut } from './metadata.js';
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
  return optOutDecorator('DoNotTrack()', 'default');
}

/** Leaves a handler, or all handlers of a class, out of all metrics. */
export function ExcludeAllMetrics(): MethodDecorator & ClassDecorator {
  return optOutDecorator('ExcludeAllMetrics()', 'all');
}

function optOutDecorator(name: string, optOut: OptOut): MethodDecorator & ClassDecorator {
  return methodOrClassDecorator(name, { mark: (decorated) => addOptOut(decorated, optOut) });
}
