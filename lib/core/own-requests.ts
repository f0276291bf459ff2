import { brand } from './brands.js';

const OWN = brand('own-request');

/** Marks a request that the library itself sends, so that it is in no metric of outgoing requests. */
export function markOwnRequest(request: object): void {
  Object.defineProperty(request, OWN, { value: true });
}

export function isOwnRequest(request: object): boolean {
  return OWN in request;
}
