import { described } from '../core/errors.js';
import { exactLabels, withExactLabels } from './exact-labels.js';

type MetricKind = 'counter' | 'gauge' | 'histogram' | 'summary';

const METHODS: Readonly<Record<MetricKind, readonly string[]>> = {
  counter: ['inc'],
  gauge: ['set', 'inc', 'dec'],
  histogram: ['observe'],
  summary: ['observe'],
};

type Recording = (this: unknown, ...values: unknown[]) => unknown;

/**
 * Closes the gaps in what prom-client checks of a recorded value: `NaN` and `''` would stay in a
 * counter for good. They are rejected with a `TypeError`, as prom-client does with other values.
 * Labels are copied and made exact, see `exactLabels()`. It can go when prom-client checks both.
 */
export function checkedCalls<M extends object>(metric: M, kind: MetricKind): M {
  const methods = metric as Record<string, Recording>;
  const mayBeInfinite = kind === 'gauge';
  const hasExemplars = (metric as { enableExemplars?: boolean }).enableExemplars === true;
  for (const name of METHODS[kind]) {
    const record = methods[name] as Recording;
    methods[name] = function (...given) {
      return record.apply(
        this,
        hasExemplars ? checkedExemplarArgument(given) : checkedArguments(given, mayBeInfinite),
      );
    };
  }
  withExactLabels(metric);
  return metric;
}

function checkedArguments(given: unknown[], mayBeInfinite: boolean): unknown[] {
  const [first, second] = given;
  if (typeof first !== 'object' || first === null) {
    checkValue(first, mayBeInfinite);
    return given;
  }
  checkValue(second, mayBeInfinite);
  return [exactLabels(first), ...given.slice(1)];
}

function checkedExemplarArgument(given: unknown[]): unknown[] {
  const [first] = given;
  if (typeof first !== 'object' || first === null) return given;
  const { labels, value } = first as { labels?: unknown; value?: unknown };
  checkValue(value, false);
  if (typeof labels !== 'object' || labels === null) return given;
  return [{ ...first, labels: exactLabels(labels) }];
}

/** No value is left to prom-client, which has a default or an error for it. */
function checkValue(value: unknown, mayBeInfinite: boolean): void {
  if (value === undefined || value === null) return;
  const isRight =
    typeof value === 'number' && (mayBeInfinite ? !Number.isNaN(value) : Number.isFinite(value));
  if (!isRight) throw new TypeError(`Value is not a valid number: ${described(value)}`);
}
