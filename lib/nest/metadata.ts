/**
 * The keys under which Nest and its packages keep what decorators say. They are not exported by
 * all versions that the library works with.
 */

/** Of `@Controller()`, `@Get()` and the like: the path. */
export const PATH = 'path';

/** Of `@Controller({ host })`. */
export const HOST = 'host';

/** Of a module that `RouterModule` has given a path; the id of the application may follow. */
export const MODULE_PATH = '__module_path__';

/** Of `@UseInterceptors()`. */
export const INTERCEPTORS = '__interceptors__';

/** Of `@UseFilters()`. */
export const EXCEPTION_FILTERS = '__exceptionFilters__';

/** Of `@RouteConfig()` of platform-fastify. */
export const FASTIFY_ROUTE_CONFIG = '__fastify_route_config__';

/** Of `@ApiExcludeController()` of `@nestjs/swagger`. */
export const SWAGGER_EXCLUDE_CONTROLLER = 'swagger/apiExcludeController';
