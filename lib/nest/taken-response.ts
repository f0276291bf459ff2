import type { ServerResponse } from 'node:http';

/** Node's response (Express), or one with Node's inside (Fastify). */
export type FrameworkResponse = ServerResponse | FastifyReplyLike;

interface FastifyReplyLike {
  readonly raw: ServerResponse;
  hijack(): unknown;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}

/**
 * Node's response, to be written by hand. Fastify keeps the headers that its hooks have set (those
 * of CORS, say) apart until it sends a reply itself, so they are handed on here.
 */
export function takenResponse(response: FrameworkResponse): ServerResponse {
  if (!('raw' in response)) return response;
  response.hijack();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (value !== undefined) response.raw.setHeader(name, value);
  }
  return response.raw;
}
