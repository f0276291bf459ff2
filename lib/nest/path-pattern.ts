/**
 * What a path stands for that was given to Nest, in the syntax of Express 5 (`/files/*path`,
 * `{/:name}`) as well as in the former ones (`/files/*`, `(.*)`, `:id(\\d+)`, `:name?`).
 *
 * Matches as much or more than the frameworks do, regardless of case and of a slash at the end, since
 * what protects a path must not be missed.
 *
 * @param isPrefix whether the path stands for all that is beneath it, too
 */
export function pathPattern(path: string, isPrefix = false): RegExp {
  const tokens = path
    .replace(/(?<!\\)\$$/, '')
    .replace(/\/$/, '')
    .matchAll(TOKENS);
  const source = Array.from(tokens, ([token]) => sourceOf(token)).join('');
  return new RegExp(`^${source}/?${isPrefix ? '(?:/.*)?' : ''}$`, 'i');
}

/** Whether `pathPattern` matches no more than the frameworks do. */
export function isExact(path: string): boolean {
  return !/[()?+]/.test(path);
}

/** Whether a path stands for itself alone. */
export function isLiteral(path: string): boolean {
  return !/[*:{}()?+]/.test(path);
}

const NAME = String.raw`(?:"[^"]*"|[\p{ID_Continue}$]+)`;

const EXPRESSION = String.raw`\((?:[^()]|\([^()]*\))*\)`;

/**
 * An escaped character, an optional parameter with its slash, a wildcard, a parameter, an expression,
 * any other character.
 */
const TOKENS = new RegExp(
  String.raw`\\.|/:${NAME}(?:${EXPRESSION})?\?|\*${NAME}?|:${NAME}(?:${EXPRESSION})?|${EXPRESSION}|[^]`,
  'gu',
);

function sourceOf(token: string): string {
  const [first] = token;
  switch (first) {
    case '/':
      return token === '/' ? '\\/' : '(?:\\/[^/]+)?';
    case '*':
    case '(':
      return '(?:.*)';
    case ':':
      return '(?:[^/]+)';
    case '{':
      return '(?:';
    case '}':
      return ')?';
    case '?':
    case '+':
      return first;
    case '\\':
      return escaped(token.slice(1));
    default:
      return escaped(token);
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
