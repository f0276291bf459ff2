import { nearestName } from './nearest-name.js';
import type { Place } from './place.js';

/** Checks what was given for one option and turns it into what the library uses. */
export type Resolver<T> = (value: unknown, place: Place) => T;

/** A resolver for each option of an object: the names, checks and defaults of its options. */
export type OptionTable<Given> = { readonly [K in keyof Given]-?: Resolver<unknown> };

/** What a table makes of options. */
export type Resolved<Table> = {
  readonly [K in keyof Table]: Table[K] extends Resolver<infer T> ? T : never;
};

/**
 * Checks an object of options and fills in its defaults.
 *
 * @throws PrometheusConfigError for a value that an option does not take, and for a name that is not
 *   in the table: a misspelt one would be left out silently. The error says which one was probably
 *   meant
 * @example
 * const TABLE = { timeoutSeconds: withDefault(SECONDS, 5) } satisfies OptionTable<EndpointOptions>;
 * resolveTable(TABLE, { timeoutSecond: 3 }, optionPlace('endpoint'));
 * // option `endpoint` expects `timeoutSeconds` alone, got 'timeoutSecond': did you mean `timeoutSeconds`?
 */
export function resolveTable<const Table extends OptionTable<object>>(
  table: Table,
  given: unknown,
  place: Place,
): Resolved<Table> {
  const names = Object.keys(table);
  if (!isPlainObject(given)) {
    throw place.fail(`an object with ${place.namesAre}${listed(names)}`, given);
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(table, name)) continue;
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? '' : `: did you mean \`${nearest}\`?`;
    throw place.fail(place.namesAre + listed(names), name, hint);
  }
  const resolved = Object.entries(table as Record<string, Resolver<unknown>>).map(
    ([name, resolver]) => [name, resolver(given[name], place.of(name))],
  );
  return Object.freeze(Object.fromEntries(resolved)) as Resolved<Table>;
}

/** An option that is an object of options itself, `true` for all of its defaults, or off. */
export function switched<const Table extends OptionTable<object>>(
  table: Table,
  { byDefault = false, expects }: { byDefault?: boolean; expects: string },
): Resolver<Resolved<Table> | undefined> {
  return (value = byDefault, place) => {
    if (value === false) return undefined;
    if (value !== true && !isPlainObject(value)) throw place.fail(expects, value);
    return resolveTable(table, value === true ? {} : value, place);
  };
}

/** An option that is an object of options itself, and nothing when it is left out. */
export function nested<const Table extends OptionTable<object>>(
  table: Table,
): Resolver<Resolved<Table> | undefined> {
  return (value, place) => (value === undefined ? undefined : resolveTable(table, value, place));
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length === 1 ? `${quoted[0]} alone` : `any of ${quoted.join(', ')}`;
}
