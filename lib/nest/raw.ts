import type { IncomingMessage, ServerResponse } from 'node:http';

/** A message of Node, or one of a framework with Node's inside (Fastify). */
export type RawOrWrapped<Raw> = Raw | { readonly raw: Raw };

/** Node's request: what Express gives handlers, and what is inside of that which Fastify does. */
export function rawRequest(request: RawOrWrapped<IncomingMessage>): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/** Node's response, likewise. */
export function rawResponse(response: RawOrWrapped<ServerResponse>): ServerResponse {
  return 'raw' in response ? response.raw : response;
}

/** The request of an HTTP call; `undefined` where Nest calls something `http` that is none. */
export function httpRequestOf(request: unknown): IncomingMessage | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const raw: unknown = rawRequest(request as RawOrWrapped<IncomingMessage>);
  return typeof raw === 'object' && raw !== null ? (raw as IncomingMessage) : undefined;
}

/**
 * The response of an HTTP call; `undefined` where Nest calls something `http` that is none, as it
 * does for whatever `ExternalContextCreator` makes without being told otherwise.
 */
export function httpResponseOf(response: unknown): ServerResponse | undefined {
  if (typeof response !== 'object' || response === null) return undefined;
  const raw: unknown = rawResponse(response as RawOrWrapped<ServerResponse>);
  const { writeHead } = (raw ?? {}) as Partial<ServerResponse>;
  return typeof writeHead === 'function' ? (raw as ServerResponse) : undefined;
}
