import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { tap, type Observable } from 'rxjs';
import { DEFAULT_BUCKETS } from '../../lib/metrics/histogram.js';

/** What many applications write for themselves: an interceptor that records with prom-client. */
export function naiveInterceptor(): NestInterceptor {
  const registers = [new Registry()];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'path', 'status'],
    buckets: [...DEFAULT_BUCKETS],
    registers,
  });
  const total = new Counter({
    name: 'http_request_total',
    help: 'HTTP requests',
    labelNames: ['method', 'status'],
    registers,
  });
  return {
    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const start = process.hrtime.bigint();
      const request = context.switchToHttp().getRequest<{ method: string; url: string }>();
      const response = context.switchToHttp().getResponse<{ statusCode: number }>();
      const record = (): void => {
        const { method, url: path } = request;
        const status = response.statusCode;
        duration.observe({ method, path, status }, Number(process.hrtime.bigint() - start) / 1e9);
        total.inc({ method, status });
      };
      return next.handle().pipe(tap({ next: record, error: record }));
    },
  };
}

/** Does nothing: what an interceptor costs by being there. */
export class NoopInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}
