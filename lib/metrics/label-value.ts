/** Longest label value that is stored, in UTF-16 code units. */
export const MAX_LABEL_VALUE_LENGTH = 256;

/**
 * A label value in the form in which it is stored: at most 256 characters and without lone
 * surrogates.
 *
 * The result never shares memory with its source: a substring would keep the whole URL that it was
 * cut from alive for as long as its series. Encoding to UTF-8 and back gives such a copy and
 * replaces lone surrogates by U+FFFD.
 */
export function storedLabelValue(value: string): string {
  return boundedLabelValue(value, MAX_LABEL_VALUE_LENGTH);
}

/** The same with another bound, which may be infinite. */
export function boundedLabelValue(value: string, longest: number): string {
  let end = value.length;
  if (end > longest) {
    end = longest;
    const lastUnit = value.charCodeAt(end - 1);
    if (lastUnit >= 0xd800 && lastUnit <= 0xdbff) end -= 1;
  }
  return Buffer.from(value.slice(0, end), 'utf8').toString('utf8');
}

/**
 * The text of whatever was given as a label value, or `undefined` when it has none: symbols,
 * functions, promises, circular structures, and objects that cannot be turned into a primitive.
 *
 * `null` and `undefined` are the empty string, which Prometheus treats as a label that is not set.
 * Arrays, and objects without a `toString` of their own, are written as JSON.
 */
export function labelValueText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'undefined':
      return '';
    case 'object':
      return value === null ? '' : objectText(value);
    default:
      return undefined;
  }
}

function objectText(value: object): string | undefined {
  try {
    if (isPromise(value)) return undefined;
    const method: unknown = value.toString;
    return Array.isArray(value) || method === Object.prototype.toString
      ? JSON.stringify(value)
      : String(value);
  } catch {
    return undefined;
  }
}

/** What a promise rejects with is nobody's any more: it must not end the process. */
function isPromise(value: object & { then?: unknown }): boolean {
  if (typeof value.then !== 'function') return false;
  Promise.resolve(value as PromiseLike<unknown>).catch(() => undefined);
  return true;
}
