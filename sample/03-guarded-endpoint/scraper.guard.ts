import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Scrapers } from './scrapers.js';

/** A guard as any other: Nest makes it, and gives it what it asks for. */
@Injectable()
export class ScraperGuard implements CanActivate {
  constructor(@Inject(Scrapers) private readonly scrapers: Scrapers) {}

  canActivate(context: ExecutionContext): boolean {
    const { authorization = '' } = context.switchToHttp().getRequest<Request>().headers;
    const [, key = ''] = /^Bearer (\S+)$/.exec(authorization) ?? [];
    return this.scrapers.knows(key);
  }
}
