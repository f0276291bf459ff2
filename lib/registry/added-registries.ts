import type { Family } from '../exposition/family.js';
import { PrometheusConfigError } from '../core/errors.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import type { CollectFailure, CollectLimits } from './collect-families.js';
import { RegistrySource, type FamilySource } from './family-source.js';

/** A source, and registries that the application has added, of whichever copy of prom-client. */
export class AddedRegistries implements FamilySource {
  readonly #added = new Map<AnyRegistry, RegistrySource>();

  constructor(
    private readonly own: FamilySource,
    private readonly ownRegistry: AnyRegistry,
  ) {}

  /** @throws PrometheusConfigError for what is no registry */
  add(registry: AnyRegistry): void {
    if (typeof (registry as Partial<AnyRegistry> | undefined)?.getMetricsAsArray !== 'function') {
      throw PrometheusConfigError.option('registry', 'a prom-client Registry', registry);
    }
    if (registry === this.ownRegistry || this.#added.has(registry)) return;
    this.#added.set(registry, new RegistrySource(registry));
  }

  get defaultLabels(): Readonly<Record<string, unknown>> {
    return this.own.defaultLabels;
  }

  /** Those of the source come first; of a name that is there already, the others are left out. */
  async *families(
    onFailure: CollectFailure,
    limits: CollectLimits,
  ): AsyncGenerator<Family, void, undefined> {
    if (this.#added.size === 0) return yield* this.own.families(onFailure, limits);
    const names = new Set<string>();
    for (const source of [this.own, ...this.#added.values()]) {
      for await (const family of source.families(onFailure, limits)) {
        if (names.has(family.name)) {
          onFailure(family.name, new Error('another registry has a metric of that name'));
          continue;
        }
        names.add(family.name);
        yield family;
      }
    }
  }
}
