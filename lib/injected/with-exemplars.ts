import { MAX_EXEMPLAR_CHARACTERS, type ExemplarLabels } from '../metrics/exemplars.js';
import { checkedIncrement, InjectedCounter } from './injected-counter.js';
import { checkedObservation, InjectedHistogram } from './injected-histogram.js';
import { isLabels, NO_LABELS, stopwatch } from './numbers.js';

/** What a metric with exemplars is given, instead of labels and value one after the other. */
interface Recording {
  readonly labels?: unknown;
  readonly value?: unknown;
  readonly exemplarLabels?: ExemplarLabels;
}

/** prom-client's `Counter` with `enableExemplars`. */
export class ExemplarCounter extends InjectedCounter {
  override inc({ labels, value, exemplarLabels }: Recording = {}): void {
    const values = this.given.read(isLabels(labels) ? labels : NO_LABELS);
    const by = checkedIncrement(value);
    const exemplar = checkedExemplar(exemplarLabels);
    this.metric.incAt(this.metric.slot(values), by, exemplar);
  }
}

/** prom-client's `Histogram` with `enableExemplars`. */
export class ExemplarHistogram extends InjectedHistogram {
  override observe({ labels, value, exemplarLabels }: Recording = {}): void {
    const values = this.given.read(isLabels(labels) ? labels : NO_LABELS);
    const number = checkedObservation(value);
    const exemplar = checkedExemplar(exemplarLabels);
    this.metric.observeAt(this.metric.slot(values), number, exemplar);
  }

  /** @returns observes the seconds since this call, and returns them */
  override startTimer(
    labels?: unknown,
    exemplarLabels?: ExemplarLabels,
  ): (endLabels?: object, endExemplarLabels?: ExemplarLabels) => number {
    const elapsed = stopwatch();
    return (endLabels, endExemplarLabels) => {
      const value = elapsed();
      this.observe({
        labels: Object.assign({}, labels, endLabels),
        value,
        exemplarLabels: { ...exemplarLabels, ...endExemplarLabels },
      });
      return value;
    };
  }
}

/**
 * A copy; `undefined` when there are no labels, so that the exemplar before stays.
 *
 * @throws RangeError when it is too long
 */
function checkedExemplar(given: ExemplarLabels | undefined): ExemplarLabels | undefined {
  const entries = Object.entries(given ?? {});
  if (entries.length === 0) return undefined;
  const size = entries.reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
  if (size > MAX_EXEMPLAR_CHARACTERS) {
    throw new RangeError(
      `Label set size must be smaller than ${MAX_EXEMPLAR_CHARACTERS} UTF-8 chars`,
    );
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
