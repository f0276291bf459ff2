import type { ExecutionContext } from '@nestjs/common';
import { ByHandler } from '../core/by-handler.js';
import type { Part } from '../core/part.js';
import { specsOf } from '../decorators/metadata.js';
import type { MetricSpec } from '../decorators/metric-spec.js';
import type { NestApplication } from '../nest/application.js';
import { callPlan, type CallPlan } from './call-plan.js';
import { decoratedHandlers } from './decorated-handlers.js';
import { makeInstrument, type Instrument, type InstrumentParts } from './instrument.js';
import { OptOuts } from './opt-outs.js';

/** Knows the metrics of all handlers: those of the decorators and those registered for all. */
export class CallPlans implements Part {
  readonly optOuts = new OptOuts();
  /** Whether a handler is left out of the metrics; known once the handlers were explored. */
  hasOptOuts = false;

  readonly #instruments = new Map<MetricSpec, Instrument>();
  readonly #defaults = new Set<MetricSpec>();
  /** Of HTTP calls, which have the defaults; of all others. */
  readonly #httpPlans = new ByHandler((type, method) =>
    this.#makePlan(type, method, this.#defaults),
  );
  readonly #otherPlans = new ByHandler((type, method) => this.#makePlan(type, method, []));

  /** @param onError told of a metric that could not be registered once the application runs */
  constructor(
    private readonly parts: InstrumentParts,
    private readonly application: NestApplication,
    private readonly onError: (error: unknown) => void,
  ) {}

  /**
   * Registers the metrics of all decorators in the application.
   *
   * @throws PrometheusConfigError for a metric that cannot be registered
   */
  install(): void {
    const { classes, hostModule } = this.application;
    const { specs, hasOptOuts } = decoratedHandlers(classes, hostModule);
    for (const { spec, place } of specs) this.instrument(spec, place);
    this.hasOptOuts = hasOptOuts;
  }

  /** Adds metrics to the plans of all controller handlers. */
  addDefaults(specs: readonly MetricSpec[]): void {
    for (const spec of specs) this.#defaults.add(spec);
    this.#httpPlans.clear();
  }

  get hasDefaults(): boolean {
    return this.#defaults.size > 0;
  }

  /** What to record for a call; `undefined` for nothing. Worked out once a class and handler. */
  planOf(context: ExecutionContext): CallPlan | undefined {
    const plans = context.getType() === 'http' ? this.#httpPlans : this.#otherPlans;
    return plans.of(context.getClass(), context.getHandler());
  }

  /** @throws PrometheusConfigError for a metric that cannot be registered */
  instrument(spec: MetricSpec, place: string): Instrument {
    let instrument = this.#instruments.get(spec);
    if (instrument === undefined) {
      instrument = makeInstrument(spec, place, this.parts);
      this.#instruments.set(spec, instrument);
    }
    return instrument;
  }

  /** @throws PrometheusConfigError for a metric that cannot be registered; then none of them is */
  instrumentAll(specs: readonly MetricSpec[], place: string): void {
    const added = specs.filter((spec) => !this.#instruments.has(spec));
    try {
      this.parts.registry.together(() => {
        for (const spec of specs) this.instrument(spec, place);
      });
    } catch (error) {
      for (const spec of added) this.#instruments.delete(spec);
      throw error;
    }
  }

  #makePlan(
    type: Function,
    method: Function,
    defaults: Iterable<MetricSpec>,
  ): CallPlan | undefined {
    if (this.optOuts.of(type, method) === 'all') return undefined;
    const specs = new Set([...specsOf(type), ...specsOf(method), ...defaults]);
    const instruments: Instrument[] = [];
    for (const spec of specs) {
      try {
        instruments.push(this.instrument(spec, `${type.name}.${method.name}`));
      } catch (error) {
        // Only for a module that was loaded lazily: all others were explored at the start.
        this.onError(error);
      }
    }
    return callPlan(instruments);
  }
}
