import { MAX_EXEMPLAR_CHARACTERS, type Exemplar } from '../metrics/exemplars.js';
import { labelValueText } from '../metrics/label-value.js';
import { isLabelName } from '../metrics/names.js';
import { labelPart, type LabelPart } from './label-part.js';
import { valueText } from './number-text.js';

/** An exemplar that can be written. */
export interface CheckedExemplar {
  readonly labels: readonly LabelPart[];
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number | undefined;
}

interface GivenExemplar {
  readonly labelSet?: unknown;
  readonly value?: unknown;
  readonly timestamp?: unknown;
}

/**
 * Checks an exemplar; `undefined` when it is missing or not valid.
 *
 * @param exemplar `{ labelSet, value, timestamp }` of prom-client, the timestamp in seconds
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars
 */
export function checkedExemplar(exemplar: unknown): CheckedExemplar | undefined {
  if (typeof exemplar !== 'object' || exemplar === null) return undefined;
  const { labelSet, value, timestamp } = exemplar as GivenExemplar;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const labels: LabelPart[] = [];
  let characters = 0;
  for (const [name, label] of Object.entries(labelSet ?? {})) {
    if (!isLabelName(name)) return undefined;
    characters += name.length + [...(labelValueText(label) ?? '')].length;
    if (characters > MAX_EXEMPLAR_CHARACTERS) return undefined;
    labels.push(labelPart(name, label));
  }
  const isTime = typeof timestamp === 'number' && Number.isFinite(timestamp);
  return { labels, value, timestamp: isTime ? timestamp : undefined };
}

/** What follows the value of a sample in OpenMetrics: ` # {trace_id="1"} 0.5 1700000000.5`, or `''`. */
export function exemplarText(given: unknown): string {
  const exemplar = checkedExemplar(given);
  if (exemplar === undefined) return '';
  const { labels, value, timestamp } = exemplar;
  const time = timestamp === undefined ? '' : ` ${valueText(timestamp)}`;
  return ` # {${labels.map(({ text }) => text).join(',')}} ${valueText(value)}${time}`;
}

/** The exemplars of the buckets that are shown: of one alone, the newest of all. */
export function bucketExemplars(
  exemplars: readonly (Exemplar | undefined)[] | undefined,
  bounds: number,
): readonly (Exemplar | undefined)[] | undefined {
  return exemplars === undefined || bounds > 0 ? exemplars : [newestOf(exemplars)];
}

function newestOf(exemplars: readonly (Exemplar | undefined)[]): Exemplar | undefined {
  let newest: Exemplar | undefined;
  for (const exemplar of exemplars) {
    if (exemplar === undefined) continue;
    if (newest === undefined || exemplar.timestamp >= newest.timestamp) newest = exemplar;
  }
  return newest;
}
