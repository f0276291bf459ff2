import { shapeOf, type ExpositionShape } from './exposition-shape.js';

/** An endpoint did not answer with the metrics of an application. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

const TIMEOUT_MS = 10_000;

/**
 * Asks an application's endpoint what it exports.
 *
 * @param address of the endpoint; may hold a user name and a password, which no message repeats
 * @throws EndpointError when it does not answer, or with something else
 */
export async function readEndpoint(address: string): Promise<ExpositionShape> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new EndpointError(
      '`from` expects the address of an endpoint, http://localhost:3000/metrics say',
    );
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const headers: Record<string, string> = { accept: 'text/plain; version=0.0.4' };
  if (username !== '' || password !== '') {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  const text = await bodyOf(url, headers);
  const shape = shapeOf(text);
  if (shape === undefined) {
    throw new EndpointError(
      `${url.href} answers without the metrics of nestjs-prometheus-exporter`,
    );
  }
  return shape;
}

async function bodyOf(url: URL, headers: Readonly<Record<string, string>>): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return await response.text();
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: unknown } };
    throw new EndpointError(`${url.href} does not answer: ${String(cause?.code ?? message)}`);
  }
  throw new EndpointError(`${url.href} answers with status ${response.status}`);
}
