import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** What visitors do, and how often in comparison. */
const VISITS: readonly (readonly [method: string, path: string, weight: number])[] = [
  ['GET', '/products', 8],
  ['GET', '/products/7', 6],
  ['GET', '/products/404', 1],
  ['GET', '/search', 3],
  ['POST', '/checkout', 3],
  ['GET', '/wp-login.php', 1],
];

/** Lets the application make its own traffic, so that there is something to see. */
@Injectable()
export class Visitors implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Visitors');
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#visit(), 40);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** More of them by day: a wave of ten minutes. */
  #visit(): void {
    const address = this.adapterHost.httpAdapter.getHttpServer().address() as {
      port: number;
    } | null;
    const wave = 0.6 + 0.4 * Math.sin((Date.now() / 600_000) * 2 * Math.PI);
    if (address === null || Math.random() > wave) return;
    const [method, path] = chosen();
    fetch(`http://127.0.0.1:${address.port}${path}`, { method })
      .then((response) => response.text())
      .catch((error: unknown) => this.#logger.debug(String(error)));
  }
}

function chosen(): readonly [string, string] {
  let rest = Math.random() * VISITS.reduce((sum, [, , weight]) => sum + weight, 0);
  for (const [method, path, weight] of VISITS) {
    rest -= weight;
    if (rest < 0) return [method, path];
  }
  return ['GET', '/products'];
}
