import { ByHandler } from '../core/by-handler.js';
import { OPT_OUT_METADATA, type OptOut } from '../decorators/metadata.js';

/** Tells how far handlers are left out of the metrics. */
export class OptOuts {
  readonly #known = new ByHandler<OptOut>((type, method) => {
    const given = [type, method].map(
      (target) => Reflect.getMetadata(OPT_OUT_METADATA, target) as OptOut | undefined,
    );
    return given.includes('all') ? 'all' : given.find((optOut) => optOut !== undefined);
  });

  /** The stronger one of the class and the method. */
  of(type: Function, method: Function): OptOut | 'none' {
    return this.#known.of(type, method) ?? 'none';
  }
}
