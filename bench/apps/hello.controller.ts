import { Controller, Get, Param } from '@nestjs/common';

export const HELLO = { hello: 'world' };

/** The handler that all contestants serve. */
@Controller()
export class HelloController {
  @Get('hello')
  hello(): object {
    return HELLO;
  }
}

/** A new function each time, because Nest keeps a route's metadata on its handler. */
function echo(): (id: string) => object {
  return (id) => ({ id });
}

/** A hundred routes, each with a path parameter. */
export function hundredRoutes(): (new () => object)[] {
  return Array.from({ length: 10 }, (_, i) => {
    @Controller(`group${i}`)
    class GroupController {}
    for (let j = 0; j < 10; j++) {
      const name = `route${j}`;
      const handler = echo();
      Object.defineProperty(GroupController.prototype, name, { value: handler });
      Param('id')(GroupController.prototype, name, 0);
      Get(`route${j}/:id`)(GroupController.prototype, name, { value: handler });
    }
    return GroupController;
  });
}

/** Paths for `hundredRoutes()`, each route with five values of its parameter. */
export function hundredPaths(): string[] {
  return Array.from(
    { length: 500 },
    (_, i) => `/group${i % 10}/route${Math.floor(i / 10) % 10}/${Math.floor(i / 100)}`,
  );
}
