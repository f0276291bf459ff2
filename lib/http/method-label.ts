/** @see https://www.rfc-editor.org/rfc/rfc9110#name-methods and RFC 5789 (PATCH) */
const STANDARD_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
]);

/** The method as a label value; anything but the nine standard methods is `unknown`. */
export function methodLabel(method: string): string {
  return STANDARD_METHODS.has(method) ? method : 'unknown';
}
