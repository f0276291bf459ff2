/** One member of an `Accept` or `Accept-Encoding` header. */
export interface AcceptMember {
  /** `type/subtype` or a coding, in lower case. */
  readonly value: string;
  /** By name in lower case, without `q` and what follows it. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The weight, 0 to 1. */
  readonly quality: number;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const VALUE = new RegExp(`[ \\t]*(${TOKEN}(?:/${TOKEN})?)[ \\t]*`, 'y');
const PARAMETER = new RegExp(
  `;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)"))?[ \\t]*`,
  'y',
);
const SEPARATOR = /[ \t]*,[ \t]*/y;
const QUALITY = /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/;

/**
 * The members of an `Accept` or `Accept-Encoding` header, or `undefined` when any part of it is
 * malformed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2
 */
export function parseAcceptHeader(header: string): AcceptMember[] | undefined {
  const members: AcceptMember[] = [];
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(header);
    if (found !== null) position = pattern.lastIndex;
    return found;
  };
  for (;;) {
    // Empty members are allowed.
    while (match(SEPARATOR) !== null);
    if (header.slice(position).trim() === '') return members;
    const value = match(VALUE)?.[1]?.toLowerCase();
    if (value === undefined) return undefined;
    const parameters = new Map<string, string>();
    let quality: number | undefined;
    for (let found = match(PARAMETER); found !== null; found = match(PARAMETER)) {
      const name = found[1]?.toLowerCase();
      if (name === undefined || quality !== undefined) continue;
      const text = found[2] ?? (found[3] ?? '').replace(/\\(.)/g, '$1');
      if (name !== 'q') {
        parameters.set(name, text);
        continue;
      }
      if (!QUALITY.test(text)) return undefined;
      quality = Number(text);
    }
    members.push({ value, parameters, quality: quality ?? 1 });
    if (position < header.length && header[position] !== ',') return undefined;
  }
}
