/** What can be written: the values of JSON. */
export type Value =
  string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

const PLAIN = /^[A-Za-z_][A-Za-z0-9_/.-]*$/;
const WORDS = /^(?:true|false|yes|no|on|off|null|y|n|~)$/i;

/**
 * Writes a value as YAML that people read: texts of several lines as blocks, others in quotes where
 * they need them.
 *
 * @see https://yaml.org/spec/1.2.2/
 */
export function yamlText(value: Value, indent = ''): string {
  if (Array.isArray(value)) {
    return value.map((each: Value) => `${indent}- ${nested(each, `${indent}  `)}`).join('');
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, each]) => `${indent}${scalar(key)}:${field(each, indent)}`)
      .join('');
  }
  return `${indent}${scalar(value as string)}\n`;
}

/** An entry of a list: what it begins with stands beside the dash. */
function nested(value: Value, indent: string): string {
  if (typeof value !== 'object') return `${scalar(value)}\n`;
  return yamlText(value, indent).slice(indent.length);
}

function field(value: Value, indent: string): string {
  if (typeof value === 'string' && value.includes('\n')) {
    const lines = value.replace(/\n$/, '').split('\n');
    return ` |-\n${lines.map((line) => (line === '' ? '' : `${indent}  ${line}`)).join('\n')}\n`;
  }
  if (typeof value !== 'object') return ` ${scalar(value)}\n`;
  const isEmpty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
  if (isEmpty) return Array.isArray(value) ? ' []\n' : ' {}\n';
  return `\n${yamlText(value, `${indent}  `)}`;
}

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !WORDS.test(value) ? value : JSON.stringify(value);
}
