import type { Reflector } from '@nestjs/core';
import { OPT_OUT_METADATA, type OptOut } from '../decorators/metadata.js';

/** Tells how far handlers are left out of the metrics. */
export class OptOuts {
  readonly #known = new WeakMap<Function, WeakMap<Function, OptOut | 'none'>>();

  constructor(private readonly reflector: Reflector) {}

  /** An inherited handler is one function in two classes, so both are asked for. */
  of(controller: Function, handler: Function): OptOut | 'none' {
    let ofController = this.#known.get(controller);
    if (ofController === undefined) {
      ofController = new WeakMap();
      this.#known.set(controller, ofController);
    }
    let optOut = ofController.get(handler);
    if (optOut === undefined) {
      optOut = this.#read(controller, handler);
      ofController.set(handler, optOut);
    }
    return optOut;
  }

  #read(controller: Function, handler: Function): OptOut | 'none' {
    const given = [controller, handler].map((target) =>
      this.reflector.get<OptOut | undefined>(OPT_OUT_METADATA, target),
    );
    if (given.includes('all')) return 'all';
    return given.includes('default') ? 'default' : 'none';
  }
}
