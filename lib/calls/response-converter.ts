import type { PrometheusModuleOptions } from '../options/prometheus-options.js';
import type { ResponseConverter } from './measured-call.js';

/**
 * The `responseConverter` of the options, made safe: where it throws, label functions see the
 * response as it is.
 *
 * @param warn told the first time
 */
export function safeConverter(
  convert: PrometheusModuleOptions['responseConverter'],
  warn: (message: string) => void,
): ResponseConverter | undefined {
  if (convert === undefined) return undefined;
  let hasWarned = false;
  return (returnValue, executionContext) => {
    try {
      return convert(returnValue, executionContext);
    } catch (error) {
      if (!hasWarned) warn(`Option \`responseConverter\` threw: ${String(error)}`);
      hasWarned = true;
      return undefined;
    }
  };
}
