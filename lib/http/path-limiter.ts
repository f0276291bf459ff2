import { storedLabelValue } from '../metrics/label-value.js';
import { OTHER } from '../core/constants.js';

/** Most raw paths that become label values. */
const MAX_PATHS = 1000;

/** Most of them that may come from requests that match no route: a scanner invents any number. */
const MAX_UNMATCHED_PATHS = 100;

/**
 * Bounds the raw paths among the label values. Past the limit, a request that matched a route is
 * recorded under the route's template, any other one under `_other`.
 */
export class PathLimiter {
  readonly #paths = new Set<string>();
  #unmatched = 0;

  /** @param onOverflow told each time a path is replaced */
  constructor(private readonly onOverflow: () => void) {}

  /** @param template of the route that matched, if one did */
  labelValue(path: string, template: string | undefined): string {
    if (this.#paths.has(path)) return path;
    const stored = storedLabelValue(path);
    if (this.#paths.has(stored)) return stored;
    const isAdmitted =
      this.#paths.size < MAX_PATHS &&
      (template !== undefined || this.#unmatched < MAX_UNMATCHED_PATHS);
    if (!isAdmitted) {
      this.onOverflow();
      return template ?? OTHER;
    }
    this.#paths.add(stored);
    if (template === undefined) this.#unmatched += 1;
    return stored;
  }
}
