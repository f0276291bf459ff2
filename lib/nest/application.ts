import type { HttpServer } from '@nestjs/common';
import type { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';

/** What the library asks of the Nest application in which it is imported. */
export class NestApplication {
  constructor(
    readonly config: ApplicationConfig,
    readonly modules: ModulesContainer,
    readonly moduleRef: ModuleRef,
    /** The library's own module with the metrics controller. */
    readonly hostModule: unknown,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** `undefined` in an application without HTTP. */
  get httpAdapter(): HttpServer | undefined {
    return (this.adapterHost.httpAdapter as HttpServer | null | undefined) ?? undefined;
  }
}
