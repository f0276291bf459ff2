import type { IncomingMessage, ServerResponse } from 'node:http';
import { negotiateFormat } from '../exposition/negotiation.js';
import type { ScrapeService } from './scrape.service.js';

/** Answers one scrape on Node's request and response. */
export class MetricsResponder {
  constructor(private readonly scrapes: ScrapeService) {}

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const format = negotiateFormat(request.headers.accept);
    const body = Buffer.concat(
      await this.scrapes.scrape({ format, names: requestedNames(request.url ?? '') }),
    );
    response.writeHead(200, {
      'Content-Type': format.contentType,
      'Content-Length': body.length,
      'Cache-Control': 'no-store',
      Vary: 'Accept, Accept-Encoding',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** The values of `name[]`; `undefined` when there is none. */
export function requestedNames(url: string): ReadonlySet<string> | undefined {
  const query = url.indexOf('?');
  if (query === -1) return undefined;
  const names = new URLSearchParams(url.slice(query)).getAll('name[]');
  return names.length === 0 ? undefined : new Set(names);
}
