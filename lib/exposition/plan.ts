import { lengthOf, type Block, type Format, type PreparedFamily } from './format.js';
import type { Problems } from './problems.js';

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
    const { name, type, help, keepsType, content } = family;
    const reserved = keepsType ? format.reservedNames(name, type) : [];
    const standsAlone =
      keepsType &&
      isWhole &&
      reserved.every((each) => (owners.get(each) ?? family) === family && !reservations.has(each));
    if (standsAlone) {
      for (const each of reserved) reservations.add(each);
      return [{ name, type, help, content, names }];
    }
    if (lengthOf(content) === 0) return [];
    return [...names].map((each) => ({
      name: each,
      type: 'unknown' as const,
      help,
      content,
      names: new Set([each]),
    }));
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
