import { statementKind } from './statements.js';

/** What a client says of one operation, as its tracing channel publishes it. */
type Context = Readonly<Record<string, unknown>>;

/** A tracing channel of a database client. */
export interface DatabaseChannel {
  /** Value of the label `system`. */
  readonly system: 'redis' | 'mysql' | 'mongodb' | 'mssql';
  /** Without `tracing:` in front and the name of the event behind. */
  readonly channel: string;
  /** Value of the label `operation`; `undefined` for what is no operation of the database. */
  operationOf(context: Context): string | undefined;
}

/**
 * The channels that are listened to. Commands and kinds of statements become label values, never a
 * key, a value or a statement. Connecting, waiting for a connection of a pool and preparing a
 * statement are no operations, and neither are pipelines as a whole, whose commands are.
 */
export const DATABASE_CHANNELS: readonly DatabaseChannel[] = [
  { system: 'redis', channel: 'ioredis:command', operationOf: redisCommand },
  { system: 'redis', channel: 'node-redis:command', operationOf: redisCommand },
  {
    system: 'redis',
    channel: 'node-redis:batch',
    // Its commands are not told of, so the transaction is one operation.
    operationOf: ({ batchMode }) => (batchMode === 'MULTI' ? 'MULTI' : undefined),
  },
  { system: 'mysql', channel: 'mysql2:query', operationOf: ({ query }) => statementKind(query) },
  { system: 'mysql', channel: 'mysql2:execute', operationOf: ({ query }) => statementKind(query) },
  { system: 'mongodb', channel: 'mongoose:query', operationOf: mongoOperation },
  { system: 'mongodb', channel: 'mongoose:aggregate', operationOf: mongoOperation },
  { system: 'mongodb', channel: 'mongoose:model:save', operationOf: mongoOperation },
  { system: 'mongodb', channel: 'mongoose:model:insertMany', operationOf: mongoOperation },
  { system: 'mongodb', channel: 'mongoose:model:bulkWrite', operationOf: mongoOperation },
  { system: 'mssql', channel: 'mssql:query', operationOf: ({ command }) => statementKind(command) },
  { system: 'mssql', channel: 'mssql:batch', operationOf: ({ command }) => statementKind(command) },
  { system: 'mssql', channel: 'mssql:execute', operationOf: () => 'EXEC' },
  { system: 'mssql', channel: 'mssql:bulk', operationOf: () => 'BULK' },
  {
    system: 'mssql',
    channel: 'mssql:prepared-statement:execute',
    operationOf: ({ statement }) => statementKind(statement),
  },
];

/** A command and its subcommand are one word and no more: anything else may be a key or a value. */
const COMMAND = /^[A-Z][A-Z0-9._]{0,31}$/;

function redisCommand({ command }: Context): string {
  const name = typeof command === 'string' ? command.toUpperCase() : '';
  return COMMAND.test(name) ? name : 'OTHER';
}

/** The name of mongoose's method. */
function mongoOperation({ operation }: Context): string {
  const name = typeof operation === 'string' ? operation.toUpperCase() : '';
  return COMMAND.test(name) ? name : 'OTHER';
}
