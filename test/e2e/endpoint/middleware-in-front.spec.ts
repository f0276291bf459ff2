import type { EventEmitter } from 'node:events';
import { Registry, Gauge } from 'prom-client';
import compression from 'compression';
import { onBothPlatforms, onPlatform } from '../../support/harness.js';
import { spelled } from '../../support/path-syntax.js';

type Write = (...args: unknown[]) => unknown;

interface WrappedResponse {
  write: Write;
  end: Write;
}

/** A registry with a body of a few MiB. */
function largeRegistry(): Registry {
  const registry = new Registry();
  const gauge = new Gauge({ name: 'g', help: 'G', labelNames: ['text'], registers: [registry] });
  const filling = 'x'.repeat(200);
  for (let i = 0; i < 15_000; i++) gauge.set({ text: `${i} ${filling}` }, i);
  return registry;
}

describe('middleware in front of the endpoint', () => {
  for (const headers of [{ 'accept-encoding': 'gzip' }, { 'accept-encoding': 'identity' }]) {
    onBothPlatforms(
      `that wraps write() and gives nothing back, with ${headers['accept-encoding']}`,
      async ({ start }) => {
        const seen: unknown[] = [];
        const app = await start({
          options: { registry: largeRegistry(), endpoint: { timeoutSeconds: 60 } },
          keeps: ['g'],
          middleware: (consumer) =>
            void consumer
              .apply((_: unknown, response: WrappedResponse, next: () => void) => {
                const { write } = response;
                response.write = (...args: unknown[]): void => {
                  seen.push(args[0]);
                  write.apply(response, args);
                };
                next();
              })
              .forRoutes(spelled('{*path}')),
        });
        const scrape = await app.scrape({ headers });
        expect(scrape.sum('g')).toBe((15_000 * 14_999) / 2);
        expect(seen.length).toBeGreaterThan(1);
      },
      60_000,
    );
  }

  onPlatform(
    'express',
    'that compresses what we do not',
    async ({ start }) => {
      let listeners = 0;
      /** `compression()` hands listeners of `drain` on, and cannot take them off again. */
      const counting = (_: unknown, response: EventEmitter, next: () => void): void => {
        const { on } = response;
        response.on = (event: string, listener: () => void): typeof response => {
          if (event === 'drain') listeners += 1;
          return on.call(response, event, listener) as typeof response;
        };
        next();
      };
      const app = await start({
        options: {
          registry: largeRegistry(),
          endpoint: { compression: false, timeoutSeconds: 60 },
        },
        keeps: ['g'],
        configure: (nest) => void nest.use(compression(), counting),
      });
      const response = await app.fetch('/metrics', { headers: { 'accept-encoding': 'gzip' } });
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect(await response.text()).toContain('g{text="14999');
      expect(listeners).toBe(1);
    },
    60_000,
  );
});
