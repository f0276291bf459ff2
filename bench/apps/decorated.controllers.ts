import { Controller, Get, UseInterceptors, type Type } from '@nestjs/common';
import type { MetricContext } from '../../lib/options/metric-context.js';
import type { Library } from './contestants.js';
import { HELLO } from './hello.controller.js';
import { NoopInterceptor } from './interceptors.js';

const labels = { status: ({ statusCode }: MetricContext) => statusCode };

/** A handler that carries the given decorators. */
function decorated(...decorators: MethodDecorator[]): Type<object> {
  @Controller()
  class DecoratedController {
    @Get('hello')
    hello(): object {
      return HELLO;
    }
  }
  const { prototype } = DecoratedController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'hello') as PropertyDescriptor;
  for (const decorate of decorators) decorate(prototype, 'hello', descriptor);
  return DecoratedController;
}

/** Handlers that differ in their decorators alone. */
export const DECORATED = {
  noop: () => decorated(UseInterceptors(NoopInterceptor)),
  counter: ({ Counter }: Library) => decorated(Counter('calls', 'Calls')),
  gauge: ({ Gauge }: Library) => decorated(Gauge('calls', 'Calls in progress')),
  histogram: ({ Histogram }: Library) => decorated(Histogram('calls', 'Seconds of calls')),
  summary: ({ Summary }: Library) => decorated(Summary('calls', 'Seconds of calls')),
  quantiles: ({ Summary }: Library) =>
    decorated(Summary('calls', 'Seconds of calls', { percentiles: [0.5, 0.99] })),
  'status-labels': ({ Counter, Histogram }: Library) =>
    decorated(
      Counter('calls', 'Calls', { labels }),
      Histogram('calls_seconds', 'Seconds of calls', { labels }),
    ),
  'do-not-track': ({ DoNotTrack }: Library) => decorated(DoNotTrack()),
} satisfies Record<string, (library: Library) => Type<object>>;
