import { CATALOGUE } from '../core/catalogue.js';
import type { CallPlans } from '../calls/call-plans.js';
import type { Part } from '../core/part.js';
import { adoptMethod } from '../decorators/measured-class.js';
import type { MethodMeter, MethodRun } from '../decorators/measured-method.js';
import type { NestApplication } from '../nest/application.js';
import { discover, type DiscoveredClass } from '../nest/discovery.js';
import { BusHandlers } from './bus-handlers.js';
import { CapturedHandlers, type Capture, type Entry } from './captured-handlers.js';
import { EventListeners } from './event-listeners.js';
import { findHandlers, type FoundHandler } from './found-handlers.js';
import type { HandlerMetrics, HandlerSeries } from './handler-metrics.js';
import { EntryRun } from './method-run.js';
import { PipelineHandlers } from './pipeline-handlers.js';
import { QueueMetrics } from './queue-metrics.js';
import { Schedule, schedulesOn } from './schedule.js';

/**
 * Measures the handlers that serve no HTTP request. Each is known by the metadata that its package
 * left; of a package that is not used nothing is there.
 */
export class KindCalls implements Part {
  readonly pipeline: PipelineHandlers;
  readonly #captured = new CapturedHandlers();
  readonly #listeners: EventListeners;
  readonly #buses: BusHandlers;
  readonly #schedule: Schedule;
  readonly #series = new Map<string, HandlerSeries>();
  /** Handlers of which there is an object for each call. */
  readonly #scoped = new Map<Function, Map<Function, MethodRun>>();
  readonly #releases: (() => void)[] = [];
  #queues: QueueMetrics | undefined;

  /** @param isOn option `handlers` */
  constructor(
    private readonly isOn: boolean,
    private readonly application: NestApplication,
    private readonly plans: Pick<CallPlans, 'optOuts'>,
    private readonly metrics: HandlerMetrics,
    meter: MethodMeter,
  ) {
    this.pipeline = new PipelineHandlers(application);
    this.#listeners = new EventListeners(application.modules, meter);
    this.#buses = new BusHandlers(application.modules);
    this.#schedule = new Schedule(application.modules);
    // Gateways and message handlers are looked at before an application lets anything be installed.
    for (const handler of this.#find(discover(application.modules))) this.#addPipeline(handler);
  }

  /** All objects are made by now, and no package has looked at them. */
  install(): void {
    for (const handler of this.#find(this.application.classes)) {
      if (handler.kind.way === 'pipeline') this.#addPipeline(handler);
      else this.#addOther(handler);
    }
  }

  start(): void {
    this.#captured.begin();
    this.#listeners.begin();
    this.#buses.begin();
    this.#schedule.begin();
  }

  stop(): void {
    this.pipeline.release();
    this.#captured.end();
    this.#listeners.end();
    this.#buses.end();
    for (const release of this.#releases.splice(0)) release();
  }

  /** What is recorded when a method is called, apart from its decorators. */
  runOf(type: Function, method: Function): MethodRun | undefined {
    return (
      this.pipeline.of(type, method) ??
      this.#listeners.of(type, method) ??
      this.#scoped.get(type)?.get(method)
    );
  }

  #find(classes: readonly DiscoveredClass[]): FoundHandler[] {
    return this.isOn ? findHandlers(classes, this.plans.optOuts) : [];
  }

  #addPipeline(handler: FoundHandler): void {
    if (handler.kind.way === 'pipeline') this.pipeline.add(handler, this.#seriesOf(handler));
  }

  #addOther(handler: FoundHandler): void {
    const series = this.#seriesOf(handler);
    const capture = this.#captureOf(handler, series);
    if (handler.isScoped()) return this.#addScoped(handler, capture.entry);
    switch (handler.kind.way) {
      case 'bus':
        return this.#buses.add(handler, capture.entry);
      case 'listener': {
        const prepare = this.#listeners.add(handler, series);
        return this.#captured.add(handler, { entry: (call) => call(), prepare, isEarly: false });
      }
      default:
        return this.#captured.add(handler, capture);
    }
  }

  #captureOf({ kind, label }: FoundHandler, series: HandlerSeries): Capture {
    const labels = [kind.name, label];
    switch (kind.name) {
      case 'cron':
        return {
          entry: (call) => series.call(call),
          prepare: (method) => this.#scheduled().addCron(method, labels),
          isEarly: false,
        };
      case 'interval': {
        let ran: (() => void) | undefined;
        return {
          entry: (call) => {
            ran?.();
            return series.call(call);
          },
          prepare: (method) => {
            ran = this.#scheduled().addInterval(method, labels);
          },
          isEarly: false,
        };
      }
      case 'queue': {
        const queues = (this.#queues ??= new QueueMetrics(this.metrics));
        queues.add(label);
        const entry: Entry = (call, [job]) => queues.call(label, series, call, job);
        // A worker takes jobs as soon as it is made.
        return { entry, isEarly: true };
      }
      default:
        return { entry: (call) => series.call(call), isEarly: false };
    }
  }

  /** An object for each call is asked for its method then, by nobody but the package. */
  #addScoped({ type, name }: FoundHandler, entry: Entry): void {
    this.#releases.push(adoptMethod(type, name));
    const method = (type.prototype as Record<string, Function>)[name] as Function;
    const ofType = this.#scoped.get(type) ?? new Map<Function, MethodRun>();
    this.#scoped.set(type, ofType.set(method, new EntryRun(entry)));
  }

  #scheduled(): Schedule {
    const gauge = this.metrics.collectedGauge(CATALOGUE.handlerNextRun, (metric) => {
      for (const schedule of schedulesOn(metric)) schedule.write(metric);
    });
    const schedules = schedulesOn(gauge);
    schedules.add(this.#schedule);
    this.#releases.push(() => schedules.delete(this.#schedule));
    return this.#schedule;
  }

  #seriesOf({ kind, label }: FoundHandler): HandlerSeries {
    const key = `${kind.name} ${label}`;
    const series = this.#series.get(key) ?? this.metrics.of(kind, label);
    this.#series.set(key, series);
    return series;
  }
}
