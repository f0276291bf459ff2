import { PrometheusConfigError } from '../core/errors.js';

/** Where a value was given. Makes the errors for it, so that a check need not know who asks. */
export interface Place {
  /** Says of a list of known names whose they are. */
  readonly namesAre: string;
  /** @param hint follows what was given */
  fail(expected: string, got: unknown, hint?: string): PrometheusConfigError;
  /** The place of a value within this one. */
  of(name: string): Place;
}

/**
 * The place of a module option, or of an object of options that a function takes.
 *
 * @param option as the user knows it
 * @param prefix what precedes the names within it
 */
export function optionPlace(option: string, prefix = `${option}.`): Place {
  return {
    namesAre: '',
    fail: (expected, got, hint) => PrometheusConfigError.option(option, expected, got, hint),
    of: (name) => optionPlace(prefix + name),
  };
}

/**
 * The place of what one metric is declared with.
 *
 * @param where it is declared, when the stack does not tell
 */
export function metricPlace(metric: unknown, where = ''): Place {
  const end = where === '' ? '' : ` (${where})`;
  const at = (option: string): Place => ({
    namesAre: 'options named ',
    fail: (expected, got, hint) => {
      const what = option === '' ? expected : `for \`${option}\` ${expected}`;
      return PrometheusConfigError.metric(String(metric), what + end, got, hint);
    },
    of: (name) => at(option === '' ? name : `${option}.${name}`),
  });
  return at('');
}
