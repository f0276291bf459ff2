import type { Families, Family } from './exposition.js';
import { bytes, count, perSecond, seconds } from './format.js';
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
      const [value, text] = this.#valueOf(name, family, at);
      return [
        {
          row: name,
          cells: [
            { value: name, text: name },
            { value: family.type, text: family.type },
            { value, text },
            { value: family.help, text: family.help },
          ],
        },
      ];
    });
  }

  #valueOf(name: string, family: Family, at: number): [number, string] {
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
      return [mean, `mean ${unit(name)(mean)}`];
    }
    const now = { at, value: total(name), sum: 0 };
    const before = this.#known.get(name);
    this.#known.set(name, now);
    if (family.type !== 'counter') return [now.value, unit(name)(now.value)];
    const grown = before === undefined ? NaN : now.value - before.value;
    const rate =
      before === undefined ? NaN : (grown < 0 ? now.value : grown) / ((at - before.at) / 1000);
    return [rate, perSecond(rate)];
  }
}

function unit(name: string): (value: number) => string {
  if (name.endsWith('_timestamp_seconds'))
    return (value) => new Date(value * 1000).toLocaleString();
  if (name.endsWith('_seconds')) return seconds;
  return name.endsWith('_bytes') ? bytes : count;
}
