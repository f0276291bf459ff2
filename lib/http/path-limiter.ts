import { storedLabelValue } from '../metrics/label-value.js';
import { OTHER, UNMATCHED } from '../core/constants.js';

/** Most raw paths that become label values. */
const MAX_PATHS = 1000;

/** Most of them that may come from requests that match no route: a scanner invents any number. */
const MAX_UNMATCHED_PATHS = 100;

/** What is said of each limit when it is reached. */
const PATHS_REACHED = `has ${MAX_PATHS} raw paths among its label values, and takes no more: requests to other paths are recorded under the template of their route. Give option \`groupBy: 'route'\` to record templates alone`;
const UNMATCHED_PATHS_REACHED = `has ${MAX_UNMATCHED_PATHS} raw paths of requests that match no route, a scanner's say, and takes no more: other such requests are recorded as "${OTHER}". Give option \`groupBy: 'route'\` to record them all as one, "${UNMATCHED}"`;

/**
 * Bounds the raw paths among the label values. Past the limit, a request that matched a route is
 * recorded under the route's template, any other one under `_other`.
 */
export class PathLimiter {
  readonly #paths = new Set<string>();
  #unmatched = 0;

  /** @param onOverflow told each time a path is replaced, and why */
  constructor(private readonly onOverflow: (limit: string) => void) {}

  /** @param template of the route that matched, if one did */
  labelValue(path: string, template: string | undefined): string {
    if (this.#paths.has(path)) return path;
    const stored = storedLabelValue(path);
    if (this.#paths.has(stored)) return stored;
    const isAdmitted =
      this.#paths.size < MAX_PATHS &&
      (template !== undefined || this.#unmatched < MAX_UNMATCHED_PATHS);
    if (!isAdmitted) {
      this.onOverflow(this.#paths.size < MAX_PATHS ? UNMATCHED_PATHS_REACHED : PATHS_REACHED);
      return template ?? OTHER;
    }
    this.#paths.add(stored);
    if (template === undefined) this.#unmatched += 1;
    return stored;
  }
}
