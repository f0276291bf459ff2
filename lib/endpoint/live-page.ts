import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Part } from '../core/part.js';
import type { NestApplication } from '../nest/application.js';
import { groupLabelName } from '../options/default-metrics-options.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import { resolveGuards } from './guard-resolver.js';
import type { OwnRoutes } from './own-routes.js';

type PageOptions = Pick<ResolvedOptions, 'page' | 'path' | 'defaultMetrics' | 'processMetrics'>;

/** The live page: one document that asks the endpoint itself and draws what it says. */
export class LivePage implements Part {
  constructor(
    private readonly application: NestApplication,
    private readonly routes: OwnRoutes,
    private readonly options: PageOptions,
  ) {}

  /** @throws PrometheusConfigError for a path that is served already, and a guard that cannot be had */
  async install(): Promise<void> {
    const { page, path } = this.options;
    if (page === undefined || path === undefined) return;
    const { moduleRef, httpAdapter } = this.application;
    if (httpAdapter === undefined) return;
    const guards = page.guards && (await resolveGuards(page.guards, moduleRef));
    const placed = this.routes.placed(page.path);
    // Loaded by those who want it alone: it is a tenth of the package.
    const { body, headers } = this.#document(placed, await import('./live-page.document.js'));
    const respond = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      if (!response.headersSent && !response.writableEnded) {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.writeHead(200);
        response.end(request.method === 'HEAD' ? undefined : body);
      }
      return Promise.resolve();
    };
    this.routes.add({ path: placed, guards, respond });
  }

  #document(
    placed: string,
    { HTML, SCRIPT, STYLE }: typeof import('./live-page.document.js'),
  ): { body: Buffer; headers: Readonly<Record<string, string | number>> } {
    const { defaultMetrics, processMetrics } = this.options;
    const config = JSON.stringify({
      endpoint: relativePath(placed, this.routes.routeTemplate),
      prefix: defaultMetrics.prefix,
      groupBy: groupLabelName(defaultMetrics.groupBy),
      processPrefix: processMetrics?.prefix ?? '',
    }).replaceAll('<', '\\u003c');
    // By functions: a text that replaces may hold what `replace` takes for a pattern.
    const html = HTML.replace('/*style*/', () => STYLE)
      .replace('/*config*/', () => config)
      .replace('/*script*/', () => SCRIPT);
    const body = Buffer.from(html);
    return { body, headers: { ...headersOf(SCRIPT, STYLE), 'Content-Length': body.length } };
  }
}

/**
 * What the page may do: run its own script, draw in its own style, and ask the server that it came
 * from. Nothing is loaded from anywhere.
 *
 * @see https://www.w3.org/TR/CSP3/
 */
function headersOf(script: string, style: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** From one path to another one, so that a proxy may put anything in front of both. */
export function relativePath(from: string, to: string): string {
  const depth = from.split('/').length - 2;
  return `${'../'.repeat(depth) || './'}${to.replace(/^\//, '')}`;
}
