import type { Family } from '../exposition/family.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import { collectFamilies, type CollectFailure, type CollectLimits } from './collect-families.js';
import { CollectorCalls } from './collector-calls.js';

/** Where a scrape gets what it shows. */
export interface FamilySource {
  families(onFailure: CollectFailure, limits: CollectLimits): AsyncIterable<Family>;
  /** Labels of every series that has none of the same name. */
  readonly defaultLabels: Readonly<Record<string, unknown>>;
}

/** What is on a registry of this process. */
export class RegistrySource implements FamilySource {
  readonly #calls = new CollectorCalls();

  constructor(private readonly registry: AnyRegistry) {}

  families(onFailure: CollectFailure, limits: CollectLimits): AsyncIterable<Family> {
    return collectFamilies(this.registry, this.#calls, onFailure, limits);
  }

  /** Labels that `registry.setDefaultLabels()` was given, which prom-client has no accessor for. */
  get defaultLabels(): Readonly<Record<string, unknown>> {
    return (this.registry as { _defaultLabels?: Record<string, unknown> })._defaultLabels ?? {};
  }
}
