import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Authorize } from '../options/server-options.js';
import { PrometheusConfigError } from '../core/errors.js';

/**
 * A guard of Nest, and a function for `authorize` of a metrics server: both answer a request
 * without the credentials with 401 and `WWW-Authenticate`.
 */
export interface CredentialGuard extends CanActivate, Authorize {
  (request: IncomingMessage): boolean;
  readonly challenge: string;
  canActivate(context: ExecutionContext): boolean;
}

export interface BasicCredentials {
  /** Without a colon. */
  readonly username: string;
  readonly password: string;
}

/** Credentials of `Basic`: base64. */
const BASIC = /^basic +([a-z0-9+/]+)={0,2} *$/i;
const BEARER = /^bearer +(\S+) *$/i;

/**
 * Lets in who knows a user name and a password, compared as UTF-8 and in constant time.
 *
 * @throws PrometheusConfigError for an empty or missing one, and a user name with a colon
 * @see https://www.rfc-editor.org/rfc/rfc7617
 * @example
 * PrometheusModule.forRoot({ guards: [basicAuthGuard({ username: 'prometheus', password })] })
 */
export function basicAuthGuard({ username, password }: BasicCredentials): CredentialGuard {
  checkText('basicAuthGuard.username', username, /^[^:\p{Cc}]+$/u, 'a text without a colon');
  checkText('basicAuthGuard.password', password, /^\P{Cc}+$/u, 'a text');
  const isExpected = secretTest(Buffer.from(`${username}:${password}`));
  return credentialGuard('Basic realm="metrics", charset="UTF-8"', (authorization) => {
    const encoded = BASIC.exec(authorization)?.[1];
    if (encoded === undefined) return false;
    const credentials = Buffer.from(encoded, 'base64');
    return isExpected(credentials) && withoutPadding(credentials.toString('base64')) === encoded;
  });
}

/**
 * Lets in who has a token, compared in constant time.
 *
 * @throws PrometheusConfigError for an empty or missing token, and one with white space
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 * @example
 * service.startHttpServer(9464, { authorize: bearerTokenGuard(token) })
 */
export function bearerTokenGuard(token: string): CredentialGuard {
  checkText('bearerTokenGuard.token', token, /^[^\s\p{Cc}]+$/u, 'a text without white space');
  const isExpected = secretTest(Buffer.from(token));
  return credentialGuard('Bearer realm="metrics"', (authorization) => {
    const given = BEARER.exec(authorization)?.[1];
    // Node decodes headers as Latin-1; this gives the bytes that were sent.
    return given !== undefined && isExpected(Buffer.from(given, 'latin1'));
  });
}

/**
 * Whether a secret is the expected one, in a time that does not depend on it: what is compared are
 * hashes with a key that nobody knows, which are of one length and tell nothing by where they differ.
 */
function secretTest(expected: Buffer): (given: Buffer) => boolean {
  const key = randomBytes(32);
  const digest = (secret: Buffer): Buffer => createHmac('sha256', key).update(secret).digest();
  const expectedDigest = digest(expected);
  return (given) => timingSafeEqual(digest(given), expectedDigest);
}

function credentialGuard(
  challenge: string,
  accepts: (authorization: string) => boolean,
): CredentialGuard {
  const isAllowed = (request: Partial<Pick<IncomingMessage, 'headers'>> | undefined): boolean => {
    const authorization = request?.headers?.authorization;
    return typeof authorization === 'string' && accepts(authorization);
  };
  const canActivate = (context: ExecutionContext): boolean => {
    const http = context.switchToHttp();
    if (isAllowed(http.getRequest())) return true;
    const response = http.getResponse<{ header?(name: string, value: string): unknown }>();
    response.header?.('WWW-Authenticate', challenge);
    throw new UnauthorizedException();
  };
  // Not an arrow function: Nest constructs the functions that `@UseGuards()` is given, before it
  // finds that they are guards already.
  function authorize(request: IncomingMessage): boolean {
    return isAllowed(request);
  }
  return Object.assign(authorize, { challenge, canActivate });
}

function withoutPadding(base64: string): string {
  return base64.replace(/=+$/, '');
}

/** Says what is wrong with a secret without saying what it is. */
function checkText(option: string, value: unknown, pattern: RegExp, expected: string): void {
  if (typeof value === 'string' && pattern.test(value)) return;
  const got = value === '' ? '' : `one that is not (${typeof value})`;
  throw PrometheusConfigError.option(option, `${expected}, not empty`, got);
}
