import { errorText, PrometheusConfigError } from '../core/errors.js';
import { ReportOnce } from '../core/report-once.js';
import { MAX_EXEMPLAR_CHARACTERS, type ExemplarLabels } from '../metrics/exemplars.js';
import { labelValueText } from '../metrics/label-value.js';
import { isLabelName } from '../metrics/names.js';

/** The labels of an exemplar of what runs now; `undefined` for none. Does not throw. */
export type ExemplarSource = () => ExemplarLabels | undefined;

/** The part of `@opentelemetry/api` that is used. */
interface OpenTelemetry {
  readonly trace: { getActiveSpan(): { spanContext(): SpanContext } | undefined };
  isSpanContextValid(context: SpanContext): boolean;
}

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** @see https://www.w3.org/TR/trace-context/#sampled-flag */
const SAMPLED = 1;

/**
 * What option `exemplars` asks for; `undefined` when it is off.
 *
 * @param warn told once what a given function threw
 * @throws PrometheusConfigError for `true` where `@opentelemetry/api` is not installed
 */
export async function exemplarSource(
  option: boolean | (() => unknown),
  warn: (message: string) => void,
): Promise<ExemplarSource | undefined> {
  if (option === false) return undefined;
  return option === true ? ofActiveSpan(await openTelemetry()) : ofFunction(option, warn);
}

async function openTelemetry(): Promise<OpenTelemetry> {
  try {
    return await import('@opentelemetry/api');
  } catch (error) {
    throw new PrometheusConfigError(
      'PrometheusModule: option `exemplars` expects `@opentelemetry/api` to be installed when it is true, which it is not: install it, or give a function',
      { cause: error },
    );
  }
}

/** Nobody could look at the trace of a span that was not sampled. */
function ofActiveSpan(api: OpenTelemetry): ExemplarSource {
  return () => {
    const context = api.trace.getActiveSpan()?.spanContext();
    if (context === undefined || (context.traceFlags & SAMPLED) === 0) return undefined;
    if (!api.isSpanContextValid(context)) return undefined;
    return { trace_id: context.traceId, span_id: context.spanId };
  };
}

function ofFunction(give: () => unknown, warn: (message: string) => void): ExemplarSource {
  const reports = new ReportOnce(warn);
  return () => {
    try {
      return legalLabels(give());
    } catch (error) {
      reports.report('threw', () => `Option \`exemplars\` threw: ${errorText(error)}`);
      return undefined;
    }
  };
}

/** A copy; `undefined` for what cannot be written: no labels, an illegal name, too many characters. */
function legalLabels(given: unknown): ExemplarLabels | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const labels: [string, string][] = [];
  let characters = 0;
  for (const [name, value] of Object.entries(given)) {
    const text = labelValueText(value);
    if (!isLabelName(name) || text === undefined) return undefined;
    characters += name.length + [...text].length;
    labels.push([name, text]);
  }
  const isLegal = labels.length > 0 && characters <= MAX_EXEMPLAR_CHARACTERS;
  return isLegal ? Object.fromEntries(labels) : undefined;
}
