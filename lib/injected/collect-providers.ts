import type { InjectionToken, OptionalFactoryDependency } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { Part } from '../core/part.js';
import type { NestApplication } from '../nest/application.js';
import { described, PrometheusConfigError } from '../core/errors.js';

type Dependency = InjectionToken | OptionalFactoryDependency;

/** What one `collect()` wants to be handed. */
interface Request {
  readonly metric: string;
  readonly dependencies: readonly Dependency[];
  providers: readonly unknown[] | undefined;
}

/**
 * Finds the providers for the `collect()` functions of custom metrics, wherever in the application
 * they are: a module that asks for a metric need not export what the metric reads.
 */
export class CollectProviders implements Part {
  readonly #requests: Request[] = [];
  #modules: ModuleRef | undefined;

  constructor(private readonly application: NestApplication) {}

  /** @returns gives the providers; `undefined` until the application has made them all */
  request(
    metric: string,
    dependencies: readonly Dependency[],
  ): () => readonly unknown[] | undefined {
    const request: Request = { metric, dependencies, providers: undefined };
    if (this.#modules === undefined) this.#requests.push(request);
    else request.providers = found(request, this.#modules);
    return () => request.providers;
  }

  /**
   * Called when all providers are made.
   *
   * @throws PrometheusConfigError for one that is in no module
   */
  install(): void {
    const modules = this.application.moduleRef;
    this.#modules = modules;
    for (const request of this.#requests.splice(0)) request.providers = found(request, modules);
  }
}

function found({ metric, dependencies }: Request, modules: ModuleRef): unknown[] {
  return dependencies.map((dependency) => {
    const { token, optional } = isDescribed(dependency)
      ? dependency
      : { token: dependency, optional: false };
    try {
      return modules.get<unknown>(token, { strict: false });
    } catch (error) {
      if (optional) return undefined;
      throw new PrometheusConfigError(
        `Metric "${metric}" (forFeature): expected \`inject\` to name providers of the application that are not request-scoped, got ${described(token)}`,
        { cause: error },
      );
    }
  });
}

function isDescribed(dependency: Dependency): dependency is OptionalFactoryDependency {
  return typeof dependency === 'object' && dependency !== null && 'token' in dependency;
}
