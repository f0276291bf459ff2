import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Stands between a scraper and an application, and asks for the text format whatever the scraper
 * prefers: Prometheus 2 has no setting for that.
 */
export class TextProxy {
  private constructor(private readonly server: Server) {}

  static async start(upstream: string): Promise<TextProxy> {
    const server = createServer((request, response) => {
      answer(upstream + (request.url ?? ''), response).catch((error: Error) => {
        response.destroy(error);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TextProxy(server);
  }

  /** Host and port. */
  get target(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function answer(url: string, response: ServerResponse): Promise<void> {
  const upstream = await fetch(url, { headers: { accept: 'text/plain;version=0.0.4' } });
  const contentType = upstream.headers.get('content-type') ?? '';
  response.writeHead(upstream.status, { 'content-type': contentType });
  response.end(await upstream.text());
}
