import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('@nestjs/core/package.json') as {
  version: string;
};

/** Nest 10 comes with Express 4 and Fastify 4. */
const isNest10 = version.startsWith('10.');

/**
 * A path in the syntax of Express 5, as the installed Nest spells it.
 *
 * @example
 * consumer.apply(middleware).forRoutes(spelled('{*path}'));
 */
export function spelled(path: string): string {
  if (!isNest10) return path;
  return path
    .replace(/^\{\*\w+\}$/, '*')
    .replace(/\{\/\*\w+\}$|\/\*\w+$/, '/*')
    .replace(/\{(\/:\w+)\}$/, '$1?');
}
