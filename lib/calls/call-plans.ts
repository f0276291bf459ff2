import type { ExecutionContext } from '@nestjs/common';
import { ByHandler } from '../core/by-handler.js';
import type { Part } from '../core/part.js';
import { measuredNameOf } from '../decorators/measured-method.js';
import { specsOf } from '../decorators/metadata.js';
import type { MetricSpec } from '../decorators/metric-spec.js';
import { hasPipeline, pipelineOf } from '../nest/pipeline.js';
import type { NestApplication } from '../nest/application.js';
import { callPlan, type CallPlan } from './call-plan.js';
import { decoratedHandlers } from './decorated-handlers.js';
import type { ExemplarSource } from './exemplar-source.js';
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
  readonly #methodPlans = new ByHandler((type, method) => this.#makeMethodPlan(type, method));

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

  /** Asked in the context of a call, for its exemplars; `undefined` where there are none. */
  get exemplars(): ExemplarSource | undefined {
    return this.parts.exemplars;
  }

  get hasDefaults(): boolean {
    return this.#defaults.size > 0;
  }

  /** What to record for a call; `undefined` for nothing. Worked out once a class and handler. */
  planOf(context: ExecutionContext): CallPlan | undefined {
    const plans = context.getType() === 'http' ? this.#httpPlans : this.#otherPlans;
    return plans.of(context.getClass(), context.getHandler());
  }

  /** What to record for a call of a method that Nest does not call on behalf of others. */
  ofMethod(type: Function, method: Function): CallPlan | undefined {
    return this.#methodPlans.of(type, method);
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
    handler: Function,
    defaults: Iterable<MetricSpec>,
  ): CallPlan | undefined {
    if (pipelineOf(handler) === undefined) return undefined;
    if (this.optOuts.of(type, handler) === 'all') return undefined;
    const specs = [...specsOf(type), ...specsOf(handler), ...defaults];
    return this.#planFor(specs, `${type.name}.${handler.name}`);
  }

  /**
   * The method that a class has under a name records what is on the class and on the method. One
   * beneath it (of a parent, called by `super`, or wrapped by another decorator) records what that
   * one does not.
   */
  #makeMethodPlan(type: Function, method: Function): CallPlan | undefined {
    const name = measuredNameOf(method) as string;
    const final = (type.prototype as Record<string, unknown>)[name] as Function;
    if (pipelineOf(final) !== undefined) return undefined;
    if (this.optOuts.of(type, final ?? method) === 'all') return undefined;
    const ofType = hasPipeline(type) ? [] : specsOf(type);
    const own = specsOf(method);
    const isBeneath = final !== method && measuredNameOf(final) !== undefined;
    const above = isBeneath ? [...ofType, ...specsOf(final)] : [];
    const specs = isBeneath ? own.filter((spec) => !above.includes(spec)) : [...ofType, ...own];
    return this.#planFor(specs, `${type.name}.${String(name)}`);
  }

  #planFor(specs: readonly MetricSpec[], place: string): CallPlan | undefined {
    const instruments: Instrument[] = [];
    for (const spec of new Set(specs)) {
      try {
        instruments.push(this.instrument(spec, place));
      } catch (error) {
        // Only for a module that was loaded lazily: all others were explored at the start.
        this.onError(error);
      }
    }
    return callPlan(instruments);
  }
}
