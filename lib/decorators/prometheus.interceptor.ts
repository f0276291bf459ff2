import {
  Inject,
  Injectable,
  Optional,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { CALL_METER } from '../core/tokens.js';

/** Measures one call of a handler. What runs behind the interceptor when the module is there. */
export interface CallMeter {
  measure(context: ExecutionContext, next: CallHandler): Observable<unknown>;
}

/**
 * Runs the metrics of the decorators on the handlers that carry them, and on every handler with
 * `interceptor: 'global'`.
 *
 * Without the module, in a unit test of a controller say, it lets calls pass.
 */
@Injectable()
export class PrometheusInterceptor implements NestInterceptor {
  constructor(@Optional() @Inject(CALL_METER) private readonly meter?: CallMeter) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return this.meter === undefined ? next.handle() : this.meter.measure(context, next);
  }
}
