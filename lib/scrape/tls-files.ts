import { promises, unwatchFile, watchFile, type Stats } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsOptions } from '../options/server-options.js';

/** Key and certificate as a TLS server takes them. */
export interface KeyPair {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

/** How often the files are looked at, in milliseconds. */
const INTERVAL = 1000;

/**
 * Reads the key pair of a TLS server, and again when one of its files changes.
 *
 * The files are looked at by name: a watch on the file itself would miss one that is put in its
 * place by a rename, or behind a symbolic link, which is how certificates are renewed.
 */
export class TlsFiles {
  readonly #paths: readonly string[];
  #listener: ((now: Stats, before: Stats) => void) | undefined;

  constructor(private readonly options: Readonly<TlsOptions>) {
    this.#paths = [options.key, options.cert].filter((value) => isPath(value));
  }

  /** @throws for a file that cannot be read, and for a key and a certificate that do not fit */
  async read(): Promise<KeyPair> {
    const [key, cert] = await Promise.all([load(this.options.key), load(this.options.cert)]);
    createSecureContext({ key, cert });
    return { key, cert };
  }

  /**
   * Looks at the files once a second; does not keep the process alive.
   *
   * @param onChange given the new key pair
   * @param onError a file has changed, but the pair is not usable (yet)
   */
  watch(onChange: (pair: KeyPair) => void, onError: (error: unknown) => void): void {
    const reload = (now: Stats, before: Stats): void => {
      // Reading a file counts as a change, too.
      const isSame =
        now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size;
      if (isSame) return;
      this.read().then(onChange).catch(onError);
    };
    this.#listener = reload;
    for (const path of this.#paths) {
      watchFile(path, { interval: INTERVAL, persistent: false }, reload);
    }
  }

  unwatch(): void {
    if (this.#listener === undefined) return;
    for (const path of this.#paths) unwatchFile(path, this.#listener);
  }
}

function isPath(value: string | Buffer): value is string {
  return typeof value === 'string' && !value.includes('-----BEGIN');
}

async function load(value: string | Buffer): Promise<string | Buffer> {
  return isPath(value) ? promises.readFile(value) : value;
}
