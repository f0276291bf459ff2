const NEEDS_ESCAPE = /[\\"\n]/;

/**
 * Escapes a label value for both exposition formats: `\` `"` and line feed.
 *
 * @see https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
 */
export function escapeLabelValue(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** `a="1",b="2"`: the label set as it stands in an exposition, without the braces. */
export function labelSetText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let i = 0; i < names.length; i++) {
    if (i > 0) text += ',';
    text += `${names[i]}="${escapeLabelValue(values[i] as string)}"`;
  }
  return text;
}
