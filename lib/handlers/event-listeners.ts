import { types } from 'node:util';
import type { ModulesContainer } from '@nestjs/core';
import { giveMethod } from '../core/own-method.js';
import { adoptMethod, giveMeter } from '../decorators/measured-class.js';
import type { MethodMeter, MethodRun } from '../decorators/measured-method.js';
import { EVENT_LISTENER } from '../nest/metadata.js';
import { findProviders } from '../nest/providers.js';
import { ExpectedRun } from './expected-run.js';
import type { FoundHandler } from './found-handlers.js';
import type { HandlerSeries } from './handler-metrics.js';

type Listener = (this: unknown, ...args: unknown[]) => unknown;

type AddListener = (event: unknown, listener: Listener, options?: unknown) => unknown;

/** What is asked of the `EventEmitter2` of `@nestjs/event-emitter`. */
interface Emitter {
  readonly on: AddListener;
  readonly prependListener: AddListener;
  readonly onAny: unknown;
  readonly emitAsync: unknown;
}

/** What `@OnEvent()` notes. */
interface EventMetadata {
  readonly event: unknown;
  readonly options?: object | undefined;
}

/**
 * Methods that an emitter calls. The package registers a listener for each event, which asks the
 * instance for its method and calls it. So the method is measured, and the listener tells that a
 * call is one by the emitter.
 *
 * Which method a listener is for is known by its options: the package hands them to the emitter as
 * it found them on the method, where each event has an object of its own meanwhile.
 */
export class EventListeners {
  readonly #calls = new Map<Function, Map<Function, ListenerCalls>>();
  readonly #events = new Map<unknown, { calls: ListenerCalls; options: object | undefined }>();
  readonly #restore: (() => void)[] = [];
  readonly #releases: (() => void)[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    private readonly meter: MethodMeter,
  ) {}

  /**
   * Has to be called before the package looks at the instance.
   *
   * @returns marks the method that the package looks at
   */
  add({ type, name, instance }: FoundHandler, series: HandlerSeries): (method: Function) => void {
    if (this.#calls.size === 0) this.#watchEmitters();
    this.#releases.push(adoptMethod(type, name));
    // The application holds a Proxy (option `instrument` of Nest), and the method may see what is
    // behind it.
    if (types.isProxy(instance)) {
      this.#releases.push(giveMeter(instance as object, this.meter));
    }
    const method = (type.prototype as Record<string, Function>)[name] as Function;
    const ofType = this.#calls.get(type) ?? new Map<Function, ListenerCalls>();
    const calls = ofType.get(method) ?? new ListenerCalls(series);
    this.#calls.set(type, ofType.set(method, calls));
    return (marked) => this.#mark(marked, calls);
  }

  of(type: Function, method: Function): MethodRun | undefined {
    return this.#calls.get(type)?.get(method);
  }

  /** The listeners are registered. */
  begin(): void {
    for (const restore of this.#restore.splice(0)) restore();
    this.#events.clear();
  }

  /** Leaves the classes as they were. */
  end(): void {
    this.begin();
    for (const release of this.#releases.splice(0).toReversed()) release();
    this.#calls.clear();
  }

  #mark(method: Function, calls: ListenerCalls): void {
    // One object in early versions of the package.
    const given = [Reflect.getMetadata(EVENT_LISTENER, method)].flat() as EventMetadata[];
    const marked = given.map(({ event, options }) => {
      const known = { ...options };
      this.#events.set(known, { calls, options });
      return { event, options: known };
    });
    Reflect.defineMetadata(EVENT_LISTENER, marked, method);
  }

  #watchEmitters(): void {
    const events = this.#events;
    for (const emitter of findProviders(this.modules, isEmitter)) {
      for (const name of ['on', 'prependListener'] as const) {
        const original = emitter[name];
        const added: AddListener = function (this: unknown, event, listener, given, ...rest) {
          const known = events.get(given);
          if (known === undefined) return original.call(this, event, listener, given, ...rest);
          return original.call(this, event, known.calls.expectedBy(listener), known.options);
        };
        const restore = giveMethod(emitter, name, added);
        if (restore !== undefined) this.#restore.push(restore);
      }
    }
  }
}

/** Records the calls of one method that its listeners make. */
class ListenerCalls extends ExpectedRun {
  /** Whether a listener is about to call the method, which it does before it returns. */
  #isExpected = false;

  expectedBy(listener: Listener): Listener {
    const expect = (isExpected: boolean): void => {
      this.#isExpected = isExpected;
    };
    return function (...args) {
      expect(true);
      try {
        return listener.apply(this, args);
      } finally {
        expect(false);
      }
    };
  }

  protected override takeExpected(): boolean {
    const isExpected = this.#isExpected;
    this.#isExpected = false;
    return isExpected;
  }
}

function isEmitter(instance: object): instance is Emitter {
  const { on, prependListener, onAny, emitAsync } = instance as Partial<Emitter>;
  return [on, prependListener, onAny, emitAsync].every((method) => typeof method === 'function');
}
