import { labelPart } from './label-part.js';
import { labelValueText } from '../metrics/label-value.js';
import { isLabelName } from '../metrics/names.js';
import { valueText } from './number-text.js';

/** Most characters that the label names and values of an exemplar have together. */
const MAX_LABEL_CHARACTERS = 128;

interface ClientExemplar {
  readonly labelSet?: unknown;
  readonly value?: unknown;
  readonly timestamp?: unknown;
}

/**
 * What follows the value of a sample that has an exemplar: ` # {trace_id="1"} 0.5 1700000000.5`,
 * or `''` when the exemplar is missing or not valid.
 *
 * @param exemplar `{ labelSet, value, timestamp }` of prom-client, the timestamp in seconds
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars
 */
export function exemplarText(exemplar: unknown): string {
  if (typeof exemplar !== 'object' || exemplar === null) return '';
  const { labelSet, value, timestamp } = exemplar as ClientExemplar;
  if (typeof value !== 'number' || !Number.isFinite(value)) return '';
  const texts: string[] = [];
  let characters = 0;
  for (const [name, label] of Object.entries(labelSet ?? {})) {
    if (!isLabelName(name)) return '';
    characters += name.length + [...(labelValueText(label) ?? '')].length;
    if (characters > MAX_LABEL_CHARACTERS) return '';
    texts.push(labelPart(name, label).text);
  }
  const time =
    typeof timestamp === 'number' && Number.isFinite(timestamp) ? ` ${valueText(timestamp)}` : '';
  return ` # {${texts.join(',')}} ${valueText(value)}${time}`;
}
