import { parseAcceptHeader, type AcceptMember } from './accept-header.js';
import type { Format } from './format.js';
import { OPENMETRICS_FORMAT, TEXT_FORMAT } from './text-formats.js';

interface Offer {
  readonly mediaType: string;
  /** Values of the parameter `version` that this library's body answers. */
  readonly versions: readonly string[];
}

const TEXT: Offer = { mediaType: 'text/plain', versions: ['0.0.4'] };
// 0.0.1 is what Prometheus asked for before the specification was final; the bodies are the same.
const OPENMETRICS: Offer = {
  mediaType: 'application/openmetrics-text',
  versions: ['1.0.0', '0.0.1'],
};

/** How closely a member describes the offer: 3 with its version, 0 for any type, -1: not at all. */
function specificity({ value, parameters }: AcceptMember, { mediaType, versions }: Offer): number {
  const version = parameters.get('version');
  if (value === mediaType) return version === undefined ? 2 : versions.includes(version) ? 3 : -1;
  if (value === '*/*') return 0;
  return value === `${mediaType.split('/')[0]}/*` ? 1 : -1;
}

/** The weight of the members that describe the offer most closely. */
function qualityOf(offer: Offer, members: readonly AcceptMember[]): number {
  let quality = 0;
  let best = -1;
  for (const member of members) {
    const rank = specificity(member, offer);
    if (rank < 0 || rank < best) continue;
    quality = rank > best ? member.quality : Math.max(quality, member.quality);
    best = rank;
  }
  return quality;
}

/**
 * The format to answer with: OpenMetrics when the client prefers it, otherwise text. Text is also
 * the answer to a missing or malformed header, to equal weights, and when nothing fits.
 *
 * Parameters other than `version` and `q` are ignored (Prometheus 3 sends `escaping`).
 *
 * @param accept the request's `Accept` header
 * @see https://prometheus.io/docs/instrumenting/content_negotiation/
 */
export function negotiateFormat(accept: string | undefined): Format {
  const members = accept === undefined ? undefined : parseAcceptHeader(accept);
  if (members === undefined) return TEXT_FORMAT;
  return qualityOf(OPENMETRICS, members) > qualityOf(TEXT, members)
    ? OPENMETRICS_FORMAT
    : TEXT_FORMAT;
}

/**
 * Whether a body may be sent with gzip. A missing or malformed header says no.
 *
 * @param acceptEncoding the request's `Accept-Encoding` header
 */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const members = acceptEncoding === undefined ? undefined : parseAcceptHeader(acceptEncoding);
  if (members === undefined) return false;
  const gzip = members.filter(({ value }) => value === 'gzip' || value === 'x-gzip');
  const relevant = gzip.length > 0 ? gzip : members.filter(({ value }) => value === '*');
  return relevant.some(({ quality }) => quality > 0);
}
