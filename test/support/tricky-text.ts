import * as fc from 'fast-check';

/** How often a property is tried: what is asked of escaping, label keys and the writers. */
export const TEN_THOUSAND = { numRuns: 10_000 };

/** A text of whatever characters, and of those that a format or a key could stumble over. */
export const trickyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom(...'"\\\n\r\t{},=:# n\u0000\u2028é_', '\ud83d', '\udc00', '😀'),
    maxLength: 8,
  }),
  fc.constantFrom('', '__proto__', 'constructor', '_other', '+Inf', 'NaN', '# EOF', '\\"'),
);

/** A text as it can be sent: each lone surrogate is U+FFFD. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/**
 * Two label sets of two labels, which are one text when they are joined: cut in different places,
 * or with a separator in the place of the cut.
 */
export const alikeLabelSets = fc
  .tuple(trickyText, trickyText, fc.nat(), fc.nat(), fc.constantFrom('', ',', ',b:', '","b="', '|'))
  .map(([start, end, first, second, separator]) => {
    const text = `${start}${separator}${end}${separator}${start}`;
    return [first, second].map((at) => {
      const place = at % (text.length + 1);
      const rest = text.slice(place);
      const value = rest.startsWith(separator) ? rest.slice(separator.length) : rest;
      return [text.slice(0, place), value] as const;
    });
  });
