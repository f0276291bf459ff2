import { PrometheusConfigError } from '../prometheus.messages.js';
import { addOptOut, keepOnFinalMethod, type OptOut } from './metadata.js';

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
  return optOutDecorator('default');
}

/** Leaves a handler, or all handlers of a class, out of all metrics. */
export function ExcludeAllMetrics(): MethodDecorator & ClassDecorator {
  return optOutDecorator('all');
}

function optOutDecorator(optOut: OptOut): MethodDecorator & ClassDecorator {
  const decorate = (
    target: object,
    key?: string | symbol,
    descriptor?: PropertyDescriptor,
  ): void => {
    const decorated: unknown = descriptor === undefined ? target : descriptor.value;
    if (typeof decorated !== 'function') {
      throw PrometheusConfigError.option('decorator', 'to decorate a method or a class', decorated);
    }
    addOptOut(decorated, optOut);
    if (descriptor !== undefined) keepOnFinalMethod(target, key as string | symbol, decorated);
  };
  return decorate as MethodDecorator & ClassDecorator;
}
