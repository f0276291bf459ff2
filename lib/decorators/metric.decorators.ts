import { UseInterceptors } from '@nestjs/common';
import { PrometheusInterceptor } from './prometheus.interceptor.js';
import { PrometheusConfigError } from '../core/errors.js';
import { measureClass, measureMethod } from './measured-class.js';
import type { Method } from './measured-method.js';
import { addSpec, hasInterceptor } from './metadata.js';
import { methodOrClassDecorator } from './method-or-class.js';
import {
  metricSpec,
  type CounterOptions,
  type GaugeOptions,
  type HistogramOptions,
  type MetricSpec,
  type SummaryOptions,
} from './metric-spec.js';
import { BRAND } from '../core/brands.js';

const SPEC = Symbol.for(`${BRAND}spec`);

/**
 * A metric for the handlers that it decorates: methods, or all handlers of a class. It is a value:
 * kept in a constant and put in several places, it counts into one metric.
 */
export type MetricDecorator = MethodDecorator & ClassDecorator & { readonly [SPEC]: MetricSpec };

/**
 * Counts calls, when their response is closed.
 *
 * @param name `_total` is appended when it is missing
 * @throws PrometheusConfigError for an illegal name, help text or label
 * @example
 * \@Counter('orders', 'Orders placed', { labels: { status: ({ statusCode }) => statusCode } })
 */
export function Counter(name: string, help: string, options: CounterOptions = {}): MetricDecorator {
  return metricDecorator(metricSpec('counter', name, help, options));
}

/**
 * Holds the number of calls in progress. Its labels are evaluated when a call begins.
 *
 * @throws PrometheusConfigError for an illegal name, help text, label or mode
 * @example
 * \@Gauge('uploads_in_progress', 'Uploads in progress')
 */
export function Gauge(name: string, help: string, options: GaugeOptions = {}): MetricDecorator {
  return metricDecorator(metricSpec('gauge', name, help, options));
}

/**
 * Observes the seconds that calls took, until the handler's result was complete.
 *
 * @throws PrometheusConfigError for an illegal name, help text, label or buckets
 * @example
 * \@Histogram('report_seconds', 'Time to make a report', { buckets: [1, 10, 60] })
 */
export function Histogram(
  name: string,
  help: string,
  options: HistogramOptions = {},
): MetricDecorator {
  return metricDecorator(metricSpec('histogram', name, help, options));
}

/**
 * Observes the seconds that calls took, as their sum and count, and as quantiles when asked for.
 *
 * @throws PrometheusConfigError for an illegal name, help text, label or percentiles
 * @example
 * \@Summary('search_seconds', 'Time to search', { percentiles: [0.5, 0.99], maxAgeSeconds: 600 })
 */
export function Summary(name: string, help: string, options: SummaryOptions = {}): MetricDecorator {
  return metricDecorator(metricSpec('summary', name, help, options));
}

/**
 * What a decorator stands for.
 *
 * @throws PrometheusConfigError when it is none of `Counter()`, `Gauge()`, `Histogram()`, `Summary()`
 */
export function specOf(decorator: MetricDecorator): MetricSpec {
  const spec = (decorator as Partial<MetricDecorator> | undefined)?.[SPEC];
  if (spec === undefined) {
    throw PrometheusConfigError.option(
      'registerDefault',
      'decorators made by Counter(), Gauge(), Histogram() or Summary()',
      decorator,
    );
  }
  return spec;
}

function metricDecorator(spec: MetricSpec): MetricDecorator {
  const decorator = methodOrClassDecorator(`Metric "${spec.name}"`, {
    mark: (decorated) => {
      addSpec(decorated, spec);
      if (!hasInterceptor(decorated, PrometheusInterceptor)) {
        UseInterceptors(PrometheusInterceptor)(decorated);
      }
    },
    replaceMethod: (prototype, key, method) => measureMethod(prototype, key, method as Method),
    changeClass: measureClass,
  });
  return Object.assign(decorator, { [SPEC]: spec });
}
