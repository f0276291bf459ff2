import type { EventEmitter } from 'node:events';
import type { HttpServer } from '@nestjs/common';
import type { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import type { Part } from '../core/part.js';
import { discover, type DiscoveredClass } from './discovery.js';

/** What is asked of an HTTP server. */
export interface ListeningServer extends EventEmitter {
  readonly listening: boolean;
}

/** What the library asks of the Nest application in which it is imported. */
export class NestApplication implements Part {
  #classes: readonly DiscoveredClass[] | undefined;

  constructor(
    readonly config: ApplicationConfig,
    readonly modules: ModulesContainer,
    readonly moduleRef: ModuleRef,
    /** The library's own module with the metrics controller. */
    readonly hostModule: unknown,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** The HTTP server that Nest made; `undefined` in an application without HTTP. */
  get server(): ListeningServer | undefined {
    return this.httpAdapter?.getHttpServer() as ListeningServer | undefined;
  }

  /** `undefined` in an application without HTTP. */
  get httpAdapter(): HttpServer | undefined {
    return (this.adapterHost.httpAdapter as HttpServer | null | undefined) ?? undefined;
  }

  /**
   * Calls when the adapter is there: at once, or as soon as an application is made of a module that
   * is under test.
   */
  onHttpAdapter(listener: (httpAdapter: HttpServer) => void): void {
    const { httpAdapter } = this;
    if (httpAdapter !== undefined) return listener(httpAdapter);
    this.adapterHost.init$?.subscribe(() => {
      if (this.httpAdapter !== undefined) listener(this.httpAdapter);
    });
  }

  /** All controllers and providers, looked through once while the parts are installed. */
  get classes(): readonly DiscoveredClass[] {
    return (this.#classes ??= discover(this.modules));
  }

  start(): void {
    this.#classes = undefined;
  }
}
