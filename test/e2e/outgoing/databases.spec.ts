import { tracingChannel } from 'node:diagnostics_channel';
import { Redis } from 'ioredis';
import mysql from 'mysql2';
import { createClient } from 'redis';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import { startMariaDb, startRedis, type DatabaseServer } from '../../support/database-servers.js';
import type { TestApp } from '../../support/test-app.js';
import { describeWithTools } from '../../support/with-real-tools.js';

const COUNT = 'nestjs_db_client_operation_duration_seconds_count';

const start = (context: TestContext): Promise<TestApp> =>
  context.start({ options: { outgoing: { http: false } } });

function expectOperations(
  app: TestApp,
  system: string,
  expected: Readonly<Record<string, number>>,
): Promise<unknown> {
  return Promise.all(
    Object.entries(expected).map(([key, count]) => {
      const [operation = '', outcome = 'success'] = key.split(' ');
      return app.expectSample(COUNT, { system, operation, outcome }, count);
    }),
  );
}

async function seriesOf(app: TestApp): Promise<string[]> {
  const { body } = await app.get('/metrics');
  return [...body.matchAll(new RegExp(`^${COUNT}\\{(.*)\\}`, 'gm'))].map(
    ([, labels]) => labels ?? '',
  );
}

describeWithTools('calls to Redis', ['redis-server'], (commands) => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await startRedis(commands['redis-server']);
  });
  afterAll(() => server.stop());

  onBothPlatforms('ioredis: commands by name, never with a key', async (context) => {
    const app = await start(context);
    const redis = new Redis(server.port, '127.0.0.1', { enableReadyCheck: false });
    context.cleanUp(() => redis.disconnect());
    await redis.set('secret-key', 'secret-value');
    await redis.get('secret-key');
    await redis.get('secret-key');
    await redis.lpush('secret-key', '1').catch(() => undefined);
    await redis.pipeline().incr('n').incr('n').exec();
    await redis.multi().incr('n').exec();
    await expectOperations(app, 'redis', {
      SET: 1,
      GET: 2,
      'LPUSH error': 1,
      INCR: 3,
      MULTI: 1,
      EXEC: 1,
    });
    expect((await seriesOf(app)).join()).not.toContain('secret');
  });

  onBothPlatforms('node-redis: commands by name, a transaction as one', async (context) => {
    const app = await start(context);
    const redis = createClient({ url: `redis://127.0.0.1:${server.port}` });
    await redis.connect();
    context.cleanUp(() => redis.destroy());
    await redis.set('secret-key', 'secret-value');
    await redis.get('secret-key');
    await redis.lPush('secret-key', '1').catch(() => undefined);
    await redis.multi().incr('n').incr('n').exec();
    await expectOperations(app, 'redis', { SET: 1, GET: 1, 'LPUSH error': 1, MULTI: 1 });
    expect((await seriesOf(app)).join()).not.toMatch(/secret|INCR/);
  });
});

describeWithTools('calls to MySQL', ['mariadb-server'], (commands) => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await startMariaDb(commands['mariadb-server']);
  }, 120_000);
  afterAll(() => server.stop());

  onBothPlatforms('mysql2: statements by kind, never as they are', async (context) => {
    const app = await start(context);
    const { port } = server;
    const connection = mysql.createConnection({ host: '127.0.0.1', port, user: 'root' });
    context.cleanUp(() => connection.destroy());
    const client = connection.promise();
    await client.query("select 'secret-value'");
    await client.query('/* secret */ with a as (select 1) select * from a');
    await client.execute('SELECT ? AS secret', ['secret-value']);
    await client.query('create database if not exists secret');
    await client.query('select secret from nowhere').catch(() => undefined);
    await client.query('secret words').catch(() => undefined);
    const rows = connection.query('select 1');
    await new Promise((resolve) => rows.on('end', resolve));
    await expectOperations(app, 'mysql', {
      SELECT: 4,
      CREATE: 1,
      'SELECT error': 1,
      'OTHER error': 1,
    });
    expect((await seriesOf(app)).join()).not.toContain('secret');
  });
});

/** Publishes what a client publishes of one call. */
async function publish(name: string, context: object, error?: Error): Promise<void> {
  const call = async (): Promise<void> => {
    await Promise.resolve();
    if (error !== undefined) throw error;
  };
  await tracingChannel(name)
    .tracePromise(call, context)
    .catch(() => undefined);
}

onBothPlatforms('mongoose: operations by the name of the method', async (context) => {
  const app = await start(context);
  await publish('mongoose:query', { operation: 'findOne', collection: 'secret' });
  await publish('mongoose:query', { operation: 'findOne' }, new Error('secret'));
  await publish('mongoose:aggregate', { operation: 'aggregate', args: { pipeline: [] } });
  await publish('mongoose:model:save', { operation: 'save' });
  await publish('mongoose:model:insertMany', { operation: 'insertMany' });
  await publish('mongoose:model:bulkWrite', { operation: 'bulkWrite' });
  await publish('mongoose:cursor:next', { operation: 'find' });
  await expectOperations(app, 'mongodb', {
    FINDONE: 1,
    'FINDONE error': 1,
    AGGREGATE: 1,
    SAVE: 1,
    INSERTMANY: 1,
    BULKWRITE: 1,
    FIND: undefined as unknown as number,
  });
});

onBothPlatforms('mssql: statements by kind, procedures as EXEC', async (context) => {
  const app = await start(context);
  await publish('mssql:query', { command: 'update secret set a = 1' });
  await publish('mssql:batch', { command: 'merge into secret using other on 1 = 1' });
  await publish('mssql:execute', { procedure: 'secret' });
  await publish('mssql:bulk', { table: 'secret' });
  await publish('mssql:prepared-statement:prepare', { statement: 'delete from secret' });
  await publish('mssql:prepared-statement:execute', { statement: 'delete from secret' });
  await publish('mssql:connect', { server: 'secret' });
  await publish('mssql:pool:acquire', {});
  await expectOperations(app, 'mssql', { UPDATE: 1, MERGE: 1, EXEC: 1, BULK: 1, DELETE: 1 });
  expect(await seriesOf(app)).toHaveLength(5);
});

onBothPlatforms('messages of another form are not measured, and harm nobody', async (context) => {
  const app = await start(context);
  await publish('mssql:query', { command: { toString: () => 'secret' } });
  await publish('mongoose:query', {});
  await expectOperations(app, 'mssql', { OTHER: 1 });
  await expectOperations(app, 'mongodb', { OTHER: 1 });
});
