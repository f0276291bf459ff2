import { Inject, Injectable, Scope, type CanActivate } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { onBothPlatforms } from '../support/harness.js';

interface RequestWithHeaders {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

@Injectable({ scope: Scope.REQUEST })
class KeyGuard implements CanActivate {
  constructor(@Inject(REQUEST) private readonly request: RequestWithHeaders) {}

  canActivate(): boolean {
    return this.request.headers['x-key'] === 'secret';
  }
}

describe('a request-scoped guard of the endpoint', () => {
  onBothPlatforms('is given the request', async ({ start }) => {
    const app = await start({ providers: [KeyGuard], options: { guards: [KeyGuard] } });
    expect((await app.get('/metrics')).status).toBe(403);
    expect((await app.get('/metrics', { headers: { 'x-key': 'secret' } })).status).toBe(200);
  });
});
