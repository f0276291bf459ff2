import type { Families, Family } from './exposition.js';
import { bytes, count, moment, perSecond, seconds } from './format.js';
import type { TableRow } from './table.js';

/** What was read of a family before, for rates and means of the time since. */
interface Known {
  readonly at: number;
  readonly value: number;
  readonly sum: number;
}

/** The table of all other families: counters as rates, gauges as they are, histograms as means. */
export class OtherMetrics {
  readonly #known = new Map<string, Known>();

  rows(found: Families, drawn: (name: string) => boolean, at: number): TableRow[] {
    return [...found].flatMap(([name, family]) => {
      if (drawn(name)) return [];
      const [value, format] = this.#valueOf(name, family, at);
      return [
        {
          row: name,
          cells: [
            { value: name },
            { value: family.type },
            { value, format },
            { value: family.help },
          ],
        },
      ];
    });
  }

  #valueOf(name: string, family: Family, at: number): [number, (value: number) => string] {
    const total = (sample: string): number =>
      (family.samples.get(sample) ?? []).reduce((sum, { value }) => sum + value, 0);
    if (family.type === 'histogram' || family.type === 'summary') {
      const now = { at, value: total(`${name}_count`), sum: total(`${name}_sum`) };
      const before = this.#known.get(name);
      this.#known.set(name, now);
      const calls = before === undefined ? now.value : now.value - before.value;
      const spent = before === undefined ? now.sum : now.sum - before.sum;
      const isIdle = calls <= 0;
      const mean = isIdle ? now.sum / now.value : spent / calls;
      const format = unit(name);
      return [mean, (value: number) => (Number.isNaN(value) ? '–' : `mean ${format(value)}`)];
    }
    const format = unit(name);
    if (family.type !== 'counter') {
      const values = (family.samples.get(name) ?? []).map(({ value }) => value);
      // Of moments the last says something, and the sum nothing.
      return [format === moment ? Math.max(...values) : total(name), format];
    }
    const now = { at, value: total(name), sum: 0 };
    const before = this.#known.get(name);
    this.#known.set(name, now);
    const grown = before === undefined ? NaN : now.value - before.value;
    const rate =
      before === undefined ? NaN : (grown < 0 ? now.value : grown) / ((at - before.at) / 1000);
    return [rate, perSecond];
  }
}

function unit(name: string): (value: number) => string {
  if (/_(?:timestamp|start_time)_seconds$/.test(name)) return moment;
  if (name.endsWith('_seconds')) return seconds;
  return name.endsWith('_bytes') ? bytes : count;
}
