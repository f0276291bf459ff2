import type { Part } from '../core/part.js';
import type { MetricSpec } from '../decorators/metric-spec.js';
import { PrometheusInterceptor } from '../decorators/prometheus.interceptor.js';
import type { NestApplication } from '../nest/application.js';
import type { CallPlans } from '../calls/call-plans.js';
import type { HandlerCallMeter } from './handler-call-meter.js';

/**
 * Metrics for every controller handler. Those that are known before the routes are registered run
 * in a global interceptor, which routes cannot be given later: what comes later is recorded from
 * what the request tracker sees.
 */
export class UserDefaults implements Part {
  #isInstalled = false;
  #hasGlobalInterceptor = false;

  /** @param isGlobal whether the interceptor is to run on every controller call in any case */
  constructor(
    private readonly metrics: CallPlans,
    private readonly meter: HandlerCallMeter,
    private readonly application: NestApplication,
    private readonly isGlobal: boolean,
  ) {}

  /** @throws PrometheusConfigError for a metric that cannot be registered; then none of them is */
  register(specs: readonly MetricSpec[]): void {
    this.metrics.instrumentAll(specs, 'registerDefault()');
    const { httpAdapter } = this.application;
    const isLate = this.#isInstalled && !this.#hasGlobalInterceptor;
    if (httpAdapter === undefined || !isLate) {
      this.metrics.addDefaults(specs);
    } else {
      this.meter.addLate(specs, httpAdapter);
    }
  }

  /** Has to be called before the routes are registered. */
  install(): void {
    this.#isInstalled = true;
    this.#hasGlobalInterceptor = this.isGlobal || this.metrics.hasDefaults;
    if (this.#hasGlobalInterceptor) {
      this.application.config
        .getGlobalInterceptors()
        .unshift(new PrometheusInterceptor(this.meter));
    }
  }

  stop(): void {
    this.meter.stop();
  }
}
