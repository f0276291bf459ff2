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

/** Of `@Get()` and the like: the method, a `RequestMethod`. */
export const METHOD = 'method';

/** Of `@Version()`. */
export const VERSION_OF_ROUTE = '__version__';

/** Of `@Req()`, `@Res()` and the like, on the class and by the name of the handler. */
export const ROUTE_ARGUMENTS = '__routeArguments__';

/** How the names in `ROUTE_ARGUMENTS` begin for `@Res()`: its `RouteParamtypes`. */
export const RESPONSE_ARGUMENT = '1:';

/** Types of the parameters of a constructor, as the compiler notes them. */
export const PARAMETER_TYPES = 'design:paramtypes';

/** Of `@Inject()` on parameters of a constructor: a list of `SelfDeclaredParameter`. */
export const SELF_DECLARED_PARAMETERS = 'self:paramtypes';

export interface SelfDeclaredParameter {
  readonly index: number;
  readonly param: unknown;
}

/** Of `@Optional()` on parameters of a constructor: a list of positions. */
export const OPTIONAL_PARAMETERS = 'optional:paramtypes';

/** Of `@Query()`, `@Mutation()` and `@Subscription()` of `@nestjs/graphql`. */
export const GRAPHQL_OPERATION = 'graphql:resolver_type';

/** Of `@MessagePattern()`, `@EventPattern()`, `@GrpcMethod()` and the like of microservices. */
export const MESSAGE_HANDLER = 'microservices:handler_type';

/** Of `@SubscribeMessage()` of `@nestjs/websockets`. */
export const WS_MESSAGE = 'websockets:message_mapping';

/** Of `@Cron()`, `@Interval()`, `@Timeout()` of `@nestjs/schedule`, and the name of the latter two. */
export const CRON_OPTIONS = 'SCHEDULE_CRON_OPTIONS';
export const INTERVAL_OPTIONS = 'SCHEDULE_INTERVAL_OPTIONS';
export const TIMEOUT_OPTIONS = 'SCHEDULE_TIMEOUT_OPTIONS';
export const SCHEDULE_NAME = 'SCHEDULER_NAME';

/** Of `@Processor()` of `@nestjs/bullmq`, on a class. */
export const BULLMQ_PROCESSOR = 'bullmq:processor_metadata';

/** Of `@Process()` of `@nestjs/bull`. */
export const BULL_PROCESS = 'bull:module_queue_process';

/** Of `@OnEvent()` of `@nestjs/event-emitter`. */
export const EVENT_LISTENER = 'EVENT_LISTENER_METADATA';

/** Of the handlers of `@nestjs/cqrs`, on a class; of the messages themselves. */
export const CQRS_COMMAND_HANDLER = '__commandHandler__';
export const CQRS_QUERY_HANDLER = '__queryHandler__';
export const CQRS_EVENTS_HANDLER = '__eventsHandler__';
export const CQRS_COMMAND = '__command__';
export const CQRS_QUERY = '__query__';
