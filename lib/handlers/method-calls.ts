import type { ModulesContainer } from '@nestjs/core';
import type { CallPlans } from '../calls/call-plans.js';
import { ByHandler } from '../core/by-handler.js';
import type { Part } from '../core/part.js';
import { methodMeters, type MethodMeter, type MethodRun } from '../decorators/measured-method.js';
import type { NestApplication } from '../nest/application.js';
import { heldInstances } from '../nest/held-instances.js';
import type { KindCalls } from './kind-calls.js';
import { bothRuns, methodRun } from './method-run.js';

/** Makes what records the calls of a method. */
type MakeRun = (type: Function, method: Function) => MethodRun | undefined;

/**
 * What Nest injects into the instances of classes whose methods are measured. It depends on nothing,
 * so that whatever the options are made with can have such methods. Until the application's parts
 * are installed, and when it has ended, nothing is recorded.
 */
export class ApplicationMeter implements MethodMeter {
  readonly self = this;
  #makeRun: MakeRun | undefined;
  #modules: ModulesContainer | undefined;
  #instances: WeakSet<object> | undefined;
  #seenGeneration = -1;
  readonly #runs = new ByHandler<MethodRun>((type, method) => this.#makeRun?.(type, method));

  constructor() {
    methodMeters().genuine.add(this);
  }

  runOf(target: object, method: Function): MethodRun | undefined {
    if (this.#makeRun === undefined) return undefined;
    const type: unknown = target.constructor;
    return typeof type === 'function' ? this.#runs.of(type, method) : undefined;
  }

  owns(instance: object): boolean {
    const { generation } = methodMeters();
    if (this.#modules === undefined) return false;
    if (this.#instances === undefined || this.#seenGeneration !== generation) {
      this.#instances = heldInstances(this.#modules);
      this.#seenGeneration = generation;
    }
    return this.#instances.has(instance);
  }

  connect(makeRun: MakeRun, modules: ModulesContainer): void {
    this.#makeRun = makeRun;
    this.#modules = modules;
    methodMeters().live.add(this);
    methodMeters().generation += 1;
  }

  disconnect(): void {
    methodMeters().live.delete(this);
    this.#makeRun = undefined;
    this.#modules = undefined;
    this.#instances = undefined;
    this.#runs.clear();
  }
}

/** Records the calls of methods for as long as the application lives. */
export class MethodCalls implements Part {
  constructor(
    private readonly meter: ApplicationMeter,
    private readonly plans: CallPlans,
    private readonly kinds: KindCalls,
    private readonly application: NestApplication,
  ) {}

  install(): void {
    this.start();
  }

  start(): void {
    this.meter.connect((type, method) => this.#runOf(type, method), this.application.modules);
  }

  stop(): void {
    this.meter.disconnect();
  }

  #runOf(type: Function, method: Function): MethodRun | undefined {
    const plan = this.plans.ofMethod(type, method);
    const ofKind = this.kinds.runOf(type, method);
    if (plan === undefined) return ofKind;
    return ofKind === undefined ? methodRun(plan) : bothRuns(ofKind, methodRun(plan));
  }
}
