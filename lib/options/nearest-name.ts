/**
 * The name that is most like another one: the same in another spelling (`exclude_paths`), or with
 * few other letters, or with a beginning of most of its letters (`timeoutMs`, `timeoutSeconds`).
 *
 * @returns `undefined` when none is alike
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = plainName(given);
  let nearest: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const distance = likeness(plain, plainName(name));
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** How many edits make one name another one; infinite when they are not alike. */
function likeness(given: string, name: string): number {
  const edits = editDistance(given, name);
  if (edits <= Math.min(given.length, name.length) / 3) return edits;
  // After all that are alike by their letters.
  const common = commonStart(given, name);
  return common >= 4 && common >= (given.length * 2) / 3 ? 1_000 - common : Infinity;
}

function plainName(name: string): string {
  return name.replace(/[\s_-]/g, '').toLowerCase();
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Letters to be added, left out or replaced (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
