import { escapeHelp, type Format } from './format.js';
import type { FamilyType } from './prepared-family.js';

const TOTAL = '_total';

/** What a parser keeps for a family of each type, whether its samples are there or not. */
const RESERVED_SUFFIXES: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: ['', '_total', '_created'],
  gauge: [''],
  histogram: ['', '_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
  unknown: [''],
};

/** A counter's family is named without the `_total` of its samples. */
export function openMetricsFamilyName(name: string, type: FamilyType): string {
  return type === 'counter' && name.endsWith(TOTAL) ? name.slice(0, -TOTAL.length) : name;
}

/**
 * OpenMetrics 1.0.
 *
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export const OPENMETRICS_FORMAT: Format = {
  name: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  strict: true,
  end: '# EOF\n',

  allows: (name, type) =>
    type !== 'counter' || (name.endsWith(TOTAL) && name.length > TOTAL.length),

  header(name, type, help) {
    const family = openMetricsFamilyName(name, type);
    const escapedHelp = escapeHelp(help).replaceAll('"', '\\"');
    const helpLine = help === '' ? '' : `# HELP ${family} ${escapedHelp}\n`;
    return `${helpLine}# TYPE ${family} ${type}\n`;
  },

  reservedNames(name, type) {
    const family = openMetricsFamilyName(name, type);
    return RESERVED_SUFFIXES[type].map((suffix) => family + suffix);
  },
};
