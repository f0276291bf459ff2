import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Part } from '../core/part.js';
import type { AnyRegistry } from '../options/prometheus-options.js';
import { globalRegistry } from './global-registry.js';

/** The main file of prom-client, or of its successor, wherever it is installed. */
const MAIN_FILE = /[\\/]node_modules[\\/](prom-client|@prometheus-io[\\/]client)[\\/]index\.js$/;

/**
 * Says so when the application has made metrics with another copy of prom-client than the one that
 * the library loads: they are on a global registry of their own, and nobody would see them. Looks
 * at the modules that are loaded when the application has started; in a bundle there are none.
 */
export class ClientCopies implements Part {
  constructor(
    private readonly registry: AnyRegistry,
    private readonly warn: (message: string) => void,
  ) {}

  start(): void {
    // An application that names its registry has chosen where its metrics are.
    if (this.registry !== globalRegistry) return;
    const copies = loadedCopies();
    const own = copies.find(({ register }) => register === globalRegistry);
    for (const { register, directory } of copies) {
      if (register === globalRegistry) continue;
      const names = register.getMetricsAsArray().map(({ name }) => name);
      if (names.length === 0) continue;
      const others = names.length > 3 ? ` and ${names.length - 3} more` : '';
      this.warn(
        `prom-client is loaded twice, and the metrics that the application makes with ${directory} (${names.slice(0, 3).join(', ')}${others}) are not exported: the module's registry is that of ${own?.directory ?? 'another copy'}. Keep one copy (\`npm ls prom-client\`), or pass the \`register\` of the application's copy as option \`registry\``,
      );
    }
  }
}

interface ClientCopy {
  readonly directory: string;
  readonly register: AnyRegistry;
}

/** The copies of prom-client that are loaded. */
function loadedCopies(): ClientCopy[] {
  try {
    // The cache is that of the process; the path matters to `resolve()` alone.
    const { cache } = createRequire(join(process.cwd(), 'package.json'));
    return Object.keys(cache).flatMap((file) => {
      // The end is compared first: an application has loaded thousands of files.
      if (!file.endsWith('index.js') || !MAIN_FILE.test(file)) return [];
      const client = cache[file]?.exports as { register?: AnyRegistry } | undefined;
      const register = client?.register;
      return register === undefined ? [] : [{ directory: dirname(file), register }];
    });
  } catch {
    // Test runners and bundlers have caches of their own kind.
    return [];
  }
}
