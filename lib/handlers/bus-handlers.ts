import type { ModulesContainer } from '@nestjs/core';
import { giveMethod } from '../core/own-method.js';
import type { Method } from '../decorators/measured-method.js';
import {
  CQRS_COMMAND,
  CQRS_COMMAND_HANDLER,
  CQRS_QUERY,
  CQRS_QUERY_HANDLER,
} from '../nest/metadata.js';
import { findProviders } from '../nest/providers.js';
import type { Entry } from './captured-handlers.js';
import type { FoundHandler } from './found-handlers.js';

/** What is asked of the buses of `@nestjs/cqrs`. */
interface Bus {
  /** @param handler an instance before version 11, what Nest keeps it in since */
  bind(handler: object, id: unknown, ...rest: unknown[]): unknown;
  readonly register: unknown;
  readonly execute?: unknown;
  readonly publish?: unknown;
}

/** In what Nest keeps an instance. */
interface Wrapper {
  readonly instance: object;
}

interface BoundHandler {
  readonly name: string;
  readonly entry: Entry;
  /** Of the message of a command or query handler; a class may handle one of each. */
  readonly messageId: unknown;
}

/** What a handler's class and its message's class are marked with. */
const MESSAGES: Readonly<Record<string, readonly [handler: string, message: string]>> = {
  command: [CQRS_COMMAND_HANDLER, CQRS_COMMAND],
  query: [CQRS_QUERY_HANDLER, CQRS_QUERY],
};

/**
 * Handlers that a bus calls. While the application starts, the buses are bound to something that
 * stands for the instance, so whoever calls that is a bus: the class and the instance stay as they
 * are, and a call by the application's own code is none.
 */
export class BusHandlers {
  readonly #handlers = new Map<unknown, BoundHandler[]>();
  readonly #restore: (() => void)[] = [];
  #isOver = false;

  constructor(private readonly modules: ModulesContainer) {}

  /** Has to be called before the handlers are bound. */
  add({ kind, type, name, instance }: FoundHandler, entry: Entry): void {
    if (this.#handlers.size === 0) this.#watchBuses();
    const ofInstance = this.#handlers.get(instance) ?? [];
    ofInstance.push({ name, entry, messageId: messageIdOf(kind.name, type) });
    this.#handlers.set(instance, ofInstance);
  }

  /** The handlers are bound. */
  begin(): void {
    for (const restore of this.#restore.splice(0)) restore();
    this.#handlers.clear();
  }

  end(): void {
    this.begin();
    this.#isOver = true;
  }

  #watchBuses(): void {
    const watched = (handler: object, id: unknown): object => this.#watched(handler, id);
    for (const bus of findProviders(this.modules, isBus)) {
      const original = bus.bind;
      const bind: Bus['bind'] = function (this: unknown, handler, id, ...rest) {
        return original.call(this, watched(handler, id), id, ...rest);
      };
      const restore = giveMethod(bus, 'bind', bind);
      if (restore !== undefined) this.#restore.push(restore);
    }
  }

  /** What stands for a handler; itself where it is not to be measured. */
  #watched(handler: object, id: unknown): object {
    const isInstance = this.#handlers.has(handler);
    const instance = isInstance ? handler : (handler as Wrapper).instance;
    const found = this.#handlers
      .get(instance)
      ?.filter(({ messageId }) => messageId === undefined || messageId === id);
    if (found === undefined || found.length === 0) return handler;
    const methods = found.map(({ name, entry }) => {
      const value = (...args: unknown[]): unknown => {
        const call = (): unknown => (instance as Record<string, Method>)[name]?.(...args);
        return this.#isOver ? call() : entry(call, args);
      };
      return [name, { value }];
    });
    const standIn = Object.create(instance, Object.fromEntries(methods)) as object;
    if (isInstance) return standIn;
    return Object.create(handler, { instance: { value: standIn } }) as object;
  }
}

function messageIdOf(kind: string, type: Function): unknown {
  const keys = MESSAGES[kind];
  if (keys === undefined) return undefined;
  const message = Reflect.getMetadata(keys[0], type) as object;
  return (Reflect.getMetadata(keys[1], message) as { readonly id?: unknown } | undefined)?.id;
}

function isBus(instance: object): instance is Bus {
  const { bind, register, execute, publish } = instance as Partial<Bus>;
  return [bind, register, execute ?? publish].every((method) => typeof method === 'function');
}
