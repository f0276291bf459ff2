import type { ExecutionContext } from '@nestjs/common';

/**
 * What a label function can see of one call. The types of request and response differ with the
 * framework: name them where they matter (`MetricContext<Request, Response>`).
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the type differs with the framework
export interface MetricContext<Request = any, Response = any> {
  /** Class and handler; `undefined` outside a Nest handler. */
  executionContext?: ExecutionContext;
  /** The framework's request (HTTP, GraphQL), the payload (RPC, WebSocket), or `undefined`. */
  request: Request;
  /** The framework's response; `undefined` while a gauge is being raised. */
  response: Response;
  /** The status that was sent; `undefined` while a gauge is being raised. */
  statusCode?: number;
  /** What the handler returned; of an Observable, the last value. */
  returnValue?: unknown;
  /** What the handler threw. */
  error?: unknown;
  /** `executionContext.getArgs()`; for a provider's method, its arguments. */
  args: unknown[];
}

/**
 * The value of a label: fixed, or worked out for each call.
 *
 * A function that throws, or gives `null` or `undefined`, yields `''`.
 *
 * @example
 * { tier: 'gold', status: (context) => context.statusCode, host: () => os.hostname() }
 */
export type LabelValue =
  | string
  | number
  | boolean
  | ((context: MetricContext) => string | number | boolean | null | undefined);

/** Label names and their values. */
export type Labels = Readonly<Record<string, LabelValue>>;
