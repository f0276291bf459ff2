import { parseAcceptHeader, type AcceptMember } from './accept-header.js';
import type { Format } from './format.js';
import { PROTOBUF_FORMAT } from './protobuf-format.js';
import { OPENMETRICS_FORMAT, TEXT_FORMAT } from './text-formats.js';

/** What a request is answered with. */
export interface NegotiatedFormat {
  readonly format: Format;
  /** That of the format, with the parameters that the client gets back. */
  readonly contentType: string;
}

interface Offer {
  readonly format: Format;
  /** How closely a member describes it: 3 exactly, 0 for any type, -1 not at all. */
  specificity(member: AcceptMember): number;
}

/** In the order in which they are taken when the client likes them equally. */
const TEXT_OFFERS: readonly Offer[] = [
  { format: TEXT_FORMAT, specificity: textSpecificity('text/plain', ['0.0.4']) },
  {
    format: OPENMETRICS_FORMAT,
    // 0.0.1 is what Prometheus asked for before the specification was final; the bodies are the same.
    specificity: textSpecificity('application/openmetrics-text', ['1.0.0', '0.0.1']),
  },
];

const OFFERS: readonly Offer[] = [
  ...TEXT_OFFERS,
  { format: PROTOBUF_FORMAT, specificity: protobufSpecificity },
];

/** How names are escaped that are not legal everywhere. All of ours are, whatever was asked for. */
const ESCAPING_SCHEMES = ['allow-utf-8', 'underscores', 'dots', 'values'];

function textSpecificity(
  mediaType: string,
  versions: readonly string[],
): (member: AcceptMember) => number {
  const anySubtype = `${mediaType.split('/')[0]}/*`;
  return ({ value, parameters }) => {
    const version = parameters.get('version');
    if (value === mediaType) return version === undefined ? 2 : versions.includes(version) ? 3 : -1;
    if (value === '*/*') return 0;
    return value === anySubtype ? 1 : -1;
  };
}

/** The message and its encoding have to be named: nobody gets protobuf who did not ask for it. */
function protobufSpecificity({ value, parameters }: AcceptMember): number {
  const isWanted =
    value === 'application/vnd.google.protobuf' &&
    parameters.get('proto') === 'io.prometheus.client.MetricFamily' &&
    parameters.get('encoding') === 'delimited';
  return isWanted ? 3 : -1;
}

/** The heaviest of the members that describe the offer most closely. */
function memberFor(offer: Offer, members: readonly AcceptMember[]): AcceptMember | undefined {
  let found: AcceptMember | undefined;
  let best = -1;
  for (const member of members) {
    const rank = offer.specificity(member);
    if (rank < 0 || rank < best) continue;
    if (rank > best || member.quality > (found?.quality ?? 0)) found = member;
    best = rank;
  }
  return found;
}

/**
 * The format to answer with: the one that the client prefers. Text is the answer to a missing or
 * malformed header, to equal weights, and when nothing fits.
 *
 * Of the parameters, `version` and those of protobuf are looked at. A known `escaping` is repeated in
 * the answer to the member that was chosen.
 *
 * @param accept the request's `Accept` header
 * @see https://prometheus.io/docs/instrumenting/content_negotiation/
 */
export function negotiateFormat(accept: string | undefined): NegotiatedFormat {
  return negotiated(accept, OFFERS);
}

/** The same among the formats that are text. */
export function negotiateTextFormat(accept: string | undefined): NegotiatedFormat {
  return negotiated(accept, TEXT_OFFERS);
}

function negotiated(accept: string | undefined, offers: readonly Offer[]): NegotiatedFormat {
  const members = accept === undefined ? [] : (parseAcceptHeader(accept) ?? []);
  let format = TEXT_FORMAT;
  let chosen: AcceptMember | undefined;
  for (const offer of offers) {
    const member = memberFor(offer, members);
    if ((member?.quality ?? 0) <= (chosen?.quality ?? 0)) continue;
    format = offer.format;
    chosen = member;
  }
  const escaping = chosen?.parameters.get('escaping');
  const isKnown = escaping !== undefined && ESCAPING_SCHEMES.includes(escaping);
  const contentType = isKnown ? `${format.contentType}; escaping=${escaping}` : format.contentType;
  return { format, contentType };
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
