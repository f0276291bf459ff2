import { handlerOfConfig } from '../nest/handler-index.js';

/** What is registered; the configuration is that of `routeOptions`, but for what Fastify adds. */
export interface RegisteredRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly config?: object;
  /** What has to be true beside method and path. */
  readonly constraints?: object;
}

/** A route of Fastify, and whose it is as far as method and path alone tell. */
interface AddedRoute extends Pick<RegisteredRoute, 'method' | 'url'> {
  readonly handler: Function | undefined;
}

/** What matches the requests for a route. */
interface KnownRoute {
  readonly methods: readonly string[];
  /** The template, as it was given. */
  readonly url: string;
  /** Tells which of the routes that match goes first: where they differ, the lesser one does. */
  readonly order: string;
  readonly pattern: RegExp;
  readonly handler: Function | undefined;
}

/** How Fastify compares paths. */
export interface PathMatching {
  /** @default true */
  readonly caseSensitive?: boolean;
  /** @default false */
  readonly ignoreTrailingSlash?: boolean;
}

/** Routes of certain handlers, among as many as there were then. */
interface WantedRoutes {
  readonly count: number;
  readonly routes: readonly KnownRoute[];
}

/** Routes of one path that are told apart by these mostly have it in common. */
const CONDITIONS = ['version', 'host'];

/**
 * The routes that Fastify was given, to tell which one a request would have had. Fastify itself
 * tells it only of a request that its hooks see.
 *
 * @see https://fastify.dev/docs/latest/Reference/Routes/#url-building
 */
export class FastifyRoutes {
  readonly #added: AddedRoute[] = [];
  readonly #prepared: KnownRoute[] = [];
  #wanted: WantedRoutes = { count: 0, routes: [] };

  constructor(private readonly matching: PathMatching = {}) {}

  add({ method, url, config = {}, constraints = {} }: RegisteredRoute): void {
    const conditions = Object.keys(constraints);
    if (conditions.some((name) => !CONDITIONS.includes(name))) return;
    const handler = conditions.length > 0 ? undefined : handlerOfConfig(config);
    this.#added.push({ method, url, handler });
  }

  /** Most applications never ask, so nothing is made of a route before somebody does. */
  get #known(): readonly KnownRoute[] {
    for (const { method, url, handler } of this.#added.splice(0)) {
      const methods = [method].flat();
      for (const form of formsOf(url)) {
        const pattern = this.#patternOf(form);
        this.#prepared.push({ methods, url, order: orderOf(form), pattern, handler });
      }
    }
    return this.#prepared;
  }

  /** The route of a method and a path. */
  find(method: string, path: string): Pick<KnownRoute, 'url' | 'handler'> | undefined {
    const trimmed = this.#trimmed(path);
    let best: KnownRoute | undefined;
    for (const route of this.#known) {
      if (!isOf(route, method, trimmed)) continue;
      if (best === undefined || goesBefore(route.order, best.order)) best = route;
    }
    return best;
  }

  /** @param isWanted whether a handler is one of those that are looked for, always the same ones */
  isFor(method: string, path: string, isWanted: (handler: Function) => boolean): boolean {
    const known = this.#known;
    if (this.#wanted.count !== known.length) {
      const routes = known.filter(({ handler }) => handler && isWanted(handler));
      this.#wanted = { count: known.length, routes };
    }
    const trimmed = this.#trimmed(path);
    if (!this.#wanted.routes.some((route) => isOf(route, method, trimmed))) return false;
    const handler = this.find(method, path)?.handler;
    return handler !== undefined && isWanted(handler);
  }

  #trimmed(path: string): string {
    return this.matching.ignoreTrailingSlash === true ? path.replace(/(?<=.)\/$/, '') : path;
  }

  /** What matches the paths of a route: parameters, with an expression or without, and wildcards. */
  #patternOf(url: string): RegExp {
    const parts = this.#trimmed(url).split(PARTS);
    const source = parts.map((part, i) => {
      if (i % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
      return part === '*' ? '.*' : `(?:${/\(.*\)/.exec(part)?.[0] ?? '[^/]*'})`;
    });
    return new RegExp(`^${source.join('')}$`, this.matching.caseSensitive === false ? 'i' : '');
  }
}

/** Parameters, with an expression or without, and wildcards. */
const PARTS = /(:[^/(.-]+(?:\([^)]*\))?|\*)/;

function isOf({ methods, pattern }: KnownRoute, method: string, path: string): boolean {
  return methods.includes(method) && pattern.test(path);
}

/** A route whose last parameter is optional is two for Fastify. */
function formsOf(url: string): string[] {
  const [, start, parameter] = /^(.*)(\/:[^/()]*)\?$/.exec(url) ?? [];
  return start === undefined ? [url] : [start || '/', `${start}${parameter}`];
}

const LIMITED = '\u0001';
const PARAMETER = '\u0002';
const WILDCARD = '\u0003';

/** A template with one character for each parameter and wildcard. */
function orderOf(form: string): string {
  return form.replace(/:[^/(.-]+(?=([(.-]?))(?:\([^)]*\))?|\*/g, (part, limit?: string) => {
    if (part === '*') return WILDCARD;
    return limit === '' ? PARAMETER : LIMITED;
  });
}

/** Text goes before a parameter, one that is limited before one that is not, and a wildcard last. */
function goesBefore(one: string, other: string): boolean {
  let i = 0;
  while (i < one.length && one[i] === other[i]) i += 1;
  return rankOf(one[i]) < rankOf(other[i]);
}

function rankOf(character = ''): number {
  return [LIMITED, PARAMETER, WILDCARD].indexOf(character);
}
