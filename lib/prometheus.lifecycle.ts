import { errorMonitor } from 'node:events';
import type {
  BeforeApplicationShutdown,
  OnApplicationShutdown,
  OnModuleInit,
} from '@nestjs/common';
import type { Parts } from './core/part.js';
import type { ListeningServer, NestApplication } from './nest/application.js';

/** Starts and stops the parts of an application's exporter along with the application. */
export class PrometheusLifecycle
  implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown
{
  #server: ListeningServer | undefined;
  #hasFailedToListen = false;
  /** Calls of `onApplicationShutdown()` to come. */
  #hooks = 1;

  constructor(
    private readonly parts: Parts,
    private readonly application: NestApplication,
  ) {}

  /** Has to be called before the routes are registered, when the application is set up. */
  install(): Promise<void> {
    return this.parts.install();
  }

  /** An application without HTTP is not set up: this is the first that it lets us know. */
  onModuleInit(): Promise<void> {
    return this.parts.install();
  }

  /** Has to be called when the whole application is initialized. */
  async start(): Promise<void> {
    await this.parts.start();
    this.#server = this.application.server;
    this.#server?.on(errorMonitor, this.#onError).on('listening', this.#onListening);
  }

  beforeApplicationShutdown(): void {
    this.parts.closing();
  }

  /** Lets a hook of another module call `onApplicationShutdown()` as well. */
  awaitHook(): void {
    this.#hooks += 1;
  }

  /** The last call ends all parts, so that what other modules do in their hooks is recorded. */
  async onApplicationShutdown(): Promise<void> {
    this.#hooks -= 1;
    if (this.#hooks > 0) return;
    this.#server?.off(errorMonitor, this.#onError).off('listening', this.#onListening);
    await this.parts.stop();
  }

  /** An application whose port is taken has not started, and Nest calls no hook that says so. */
  readonly #onError = (): void => {
    if (this.#server?.listening !== false || this.#hasFailedToListen) return;
    this.#hasFailedToListen = true;
    void this.parts.abandon();
  };

  /** The application was told to listen again, on another port say. */
  readonly #onListening = (): void => {
    if (!this.#hasFailedToListen) return;
    this.#hasFailedToListen = false;
    this.parts.start().catch(() => undefined);
  };
}
