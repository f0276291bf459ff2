import type { Format } from './format.js';
import type { Lines, PreparedFamily } from './prepared-family.js';
import type { Problems } from './problems.js';

/** A header and the lines below it. */
export interface Block {
  readonly header: string;
  readonly lines: Lines;
}

interface Claim {
  readonly family: PreparedFamily;
  /** Sample names that no earlier family has. */
  readonly names: ReadonlySet<string>;
  readonly isWhole: boolean;
}

/**
 * Puts families together to a body in which no name stands for two things.
 *
 * A sample name belongs to the first family that has it. A family stands under its own name and
 * type when it has all its samples and no other family has a name that its type reserves; otherwise
 * each of its sample names becomes a family without a type, so that the series stay the same.
 */
export function planBody(
  families: readonly PreparedFamily[],
  format: Format,
  problems: Problems,
): Block[] {
  const owners = new Map<string, PreparedFamily>();
  const claims = families.map((family) => claimNames(family, owners, problems));
  const reservations = new Set<string>();
  return claims.flatMap(({ family, names, isWhole }) => {
    const { name, type, help, native } = family;
    const reserved = native ? format.reservedNames(name, type) : [];
    const standsAlone =
      native &&
      isWhole &&
      reserved.every((each) => (owners.get(each) ?? family) === family && !reservations.has(each));
    if (standsAlone) {
      for (const each of reserved) reservations.add(each);
      const lines = family.lines(names, format.strict);
      return [{ header: format.header(name, type, help), lines }];
    }
    return [...names].flatMap((each) => {
      const lines = family.lines(new Set([each]), false);
      return lines.length === 0 ? [] : [{ header: format.header(each, 'unknown', help), lines }];
    });
  });
}

function claimNames(
  family: PreparedFamily,
  owners: Map<string, PreparedFamily>,
  problems: Problems,
): Claim {
  const names = new Set<string>();
  for (const name of family.sampleNames) {
    if (owners.has(name)) {
      problems.add(family.name, 'clash', name);
      continue;
    }
    owners.set(name, family);
    names.add(name);
  }
  return { family, names, isWhole: names.size === family.sampleNames.length };
}
