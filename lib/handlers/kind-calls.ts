import type { CallPlans } from '../calls/call-plans.js';
import type { Part } from '../core/part.js';
import type { MethodRun } from '../decorators/measured-method.js';
import type { NestApplication } from '../nest/application.js';
import { discover } from '../nest/discovery.js';
import { findHandlers, type FoundHandler } from './found-handlers.js';
import type { HandlerMetrics, HandlerSeries } from './handler-metrics.js';
import { PipelineHandlers } from './pipeline-handlers.js';

/**
 * Measures the handlers that serve no HTTP request. Each is known by the metadata that its package
 * left; what a package that is not used would need is not there either.
 */
export class KindCalls implements Part {
  readonly pipeline: PipelineHandlers;
  readonly #series = new Map<string, HandlerSeries>();

  /** @param isOn option `handlers` */
  constructor(
    private readonly isOn: boolean,
    private readonly application: NestApplication,
    private readonly plans: Pick<CallPlans, 'optOuts'>,
    private readonly metrics: HandlerMetrics,
  ) {
    this.pipeline = new PipelineHandlers(application);
    // Gateways and message handlers are looked at before an application lets anything be installed.
    this.#addPipelines();
  }

  /** Providers that are made by factories are known by now. */
  install(): void {
    this.#addPipelines();
  }

  stop(): void {
    this.pipeline.release();
  }

  /** What is recorded when a method is called, apart from its decorators. */
  runOf(type: Function, method: Function): MethodRun | undefined {
    return this.pipeline.of(type, method);
  }

  #addPipelines(): void {
    for (const handler of this.#find()) {
      if (handler.kind.way === 'pipeline') this.pipeline.add(handler, this.#seriesOf(handler));
    }
  }

  #find(): FoundHandler[] {
    if (!this.isOn) return [];
    return findHandlers(discover(this.application.modules), this.plans.optOuts);
  }

  #seriesOf({ kind, label }: FoundHandler): HandlerSeries {
    const key = `${kind.name} ${label}`;
    const series = this.#series.get(key) ?? this.metrics.of(kind, label);
    this.#series.set(key, series);
    return series;
  }
}
