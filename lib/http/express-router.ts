/**
 * The part of Express that tells which route a request is for: its routers, whose layers are asked
 * as Express itself asks them, so that all spellings of paths mean the same.
 */

/** A route that was registered: `app.get()`, `router.route()`, and so on. */
export interface ExpressRoute {
  readonly path: unknown;
  readonly methods?: Readonly<Record<string, boolean | undefined>>;
  readonly stack?: readonly { readonly handle: object }[];
}

/** An entry of a router: a route, or something that was given to `use()`. */
export interface ExpressLayer {
  readonly route?: ExpressRoute;
  readonly handle: { readonly stack?: readonly ExpressLayer[] };
  match(path: string): unknown;
}

/** An Express application. */
export interface ExpressLike {
  handle(...args: unknown[]): unknown;
  /** Express 5. */
  readonly router: { readonly stack: readonly ExpressLayer[] };
  /** Express 4, where `router` throws; there is none before the first layer. */
  readonly _router?: { readonly stack: readonly ExpressLayer[] };
}

/** What a layer says of a path: a result of `match()`, or in older versions the layer itself. */
interface Match {
  /** The part of the path that it matched. */
  readonly path?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** As it was registered. */
  readonly pattern?: unknown;
}

/** A route and the full template of its path. */
export interface FoundRoute {
  readonly route: ExpressRoute;
  readonly template: string;
}

export function layersOf(app: ExpressLike): readonly ExpressLayer[] {
  return (app['_router'] ?? app.router).stack;
}

/** The function that a layer calls, or the first of those of its route. */
export function handleOf({ route, handle }: ExpressLayer): object {
  return route?.stack?.[0]?.handle ?? handle;
}

/** Whether a route takes requests of a method. */
export function handles({ methods = {} }: ExpressRoute, method: string): boolean {
  const has = (name: string): boolean => methods[name] === true;
  return has('_all') || has(method.toLowerCase()) || (method === 'HEAD' && has('get'));
}

/** How a layer matches a path; `undefined`: it does not. */
export function matchOf(layer: ExpressLayer, path: string): Match | undefined {
  try {
    const matched = layer.match(path);
    if (matched === true) return layer as Match;
    return typeof matched === 'object' && matched !== null ? (matched as Match) : undefined;
  } catch {
    // The path is malformed.
    return undefined;
  }
}

/**
 * The first route that takes a method and path, in whatever router it is.
 *
 * @param isRoute leaves out what is registered as a route and is none
 */
export function findRoute(
  layers: readonly ExpressLayer[],
  method: string,
  path: string,
  isRoute: (handle: object) => boolean,
): FoundRoute | undefined {
  for (const layer of layers) {
    const { route } = layer;
    const { stack } = layer.handle;
    if (route === undefined ? stack === undefined : !handles(route, method)) continue;
    if (!isRoute(handleOf(layer))) continue;
    const match = matchOf(layer, path);
    if (match === undefined) continue;
    if (route !== undefined) return { route, template: routeTemplate(route, match) };
    const rest = path.slice(match.path?.length ?? 0);
    const found = findRoute(stack ?? [], method, rest === '' ? '/' : rest, isRoute);
    if (found !== undefined) return { ...found, template: mountTemplate(match) + found.template };
  }
  return undefined;
}

/**
 * The template of the path under which something that answered is mounted; empty when none is found.
 *
 * @param baseUrl the part of the path that Express took off for what answered
 * @param isMount leaves out what is registered in the same way and is none
 */
export function mountOf(
  layers: readonly ExpressLayer[],
  path: string,
  baseUrl: string,
  isMount: (handle: object) => boolean,
): string {
  for (const layer of layers) {
    if (layer.route !== undefined || !isMount(layer.handle)) continue;
    const match = matchOf(layer, path);
    const mounted = withoutSlash(match?.path ?? '');
    if (match === undefined || !isPrefix(mounted, baseUrl)) continue;
    if (mounted === baseUrl) return mountTemplate(match);
    const { stack } = layer.handle;
    if (stack === undefined) continue;
    const rest = path.slice(mounted.length);
    const inner = mountOf(stack, rest || '/', baseUrl.slice(mounted.length), isMount);
    if (inner !== '') return mountTemplate(match) + inner;
  }
  return '';
}

/** The template of a route within its router. */
export function routeTemplate({ path }: ExpressRoute, { pattern }: Match = {}): string {
  const chosen = Array.isArray(path) ? (pattern ?? path[0]) : path;
  return chosen === '/' ? '' : expressTemplate(String(chosen));
}

/** Spells wildcards (`{*path}`, `*path`) as `*`. */
export function expressTemplate(path: string): string {
  return path.replace(/\{(\/?)\*\w*\}/g, '$1*').replace(/\*\w+/g, '*');
}

/** Where older versions of Express do not tell what was registered, values stand for parameters. */
function mountTemplate({ pattern, path = '', params = {} }: Match): string {
  if (typeof pattern === 'string') return withoutSlash(expressTemplate(pattern));
  if (pattern instanceof RegExp) return String(pattern);
  const names = new Map(Object.entries(params).map(([name, value]) => [String(value), name]));
  const segments = withoutSlash(path).split('/');
  const named = segments.map((segment) => names.get(decoded(segment)));
  return segments
    .map((segment, i) => (named[i] === undefined ? segment : `:${named[i]}`))
    .join('/');
}

function isPrefix(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
