import {
  BullModule,
  getQueueToken as getBullQueueToken,
  Process,
  Processor as BullProcessor,
} from '@nestjs/bull';
import {
  BullModule as BullmqModule,
  getFlowProducerToken,
  getQueueToken,
  Processor,
  WorkerHost,
} from '@nestjs/bullmq';
import { DelayedError, UnrecoverableError, type FlowProducer, type Job, type Queue } from 'bullmq';
import type { Job as BullJob, Queue as BullQueue } from 'bull';
import { startRedis, type DatabaseServer } from '../../support/database-servers.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';
import { describeWithTools } from '../../support/with-real-tools.js';

const ATTEMPTS = 'nestjs_queue_attempts_total';
const WAITS = 'nestjs_queue_wait_seconds_count';
const DURATION = 'nestjs_handler_duration_seconds_count';
const BUSY = 'nestjs_handlers_in_progress';
const SUCCESS = 'nestjs_handler_last_success_timestamp_seconds';

interface Mail {
  readonly fails?: number;
  readonly hopeless?: boolean;
}

@Processor('mail')
class MailProcessor extends WorkerHost {
  process(job: Job<Mail>): Promise<string> {
    if (job.data.hopeless === true) throw new UnrecoverableError('hopeless');
    if (job.attemptsMade < (job.data.fails ?? 0)) throw new Error('not yet');
    return Promise.resolve('sent');
  }
}

@BullProcessor('letters')
class LetterProcessor {
  @Process()
  send(job: BullJob<Mail>): string {
    if (job.attemptsMade < (job.data.fails ?? 0)) throw new Error('not yet');
    return 'sent';
  }
}

class Hopeless extends UnrecoverableError {}

/** Takes several jobs at a time. */
@Processor('parcels', { concurrency: 3 })
class ParcelProcessor extends WorkerHost {
  release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.release = resolve));

  async process(job: Job, token?: string): Promise<unknown> {
    switch (job.name) {
      case 'held':
        return this.#released;
      case 'later':
        if (job.attemptsStarted > 1) return 'now';
        await job.moveToDelayed(Date.now() + 5, token);
        throw new DelayedError();
      case 'hopeless':
        throw new Hopeless();
      case 'parent':
        return Object.values(await job.getChildrenValues()).length;
      default:
        return job.name;
    }
  }
}

function parcels({ start, platform }: TestContext, port: number, name: string): Promise<TestApp> {
  const connection = { host: '127.0.0.1', port };
  return start({
    imports: [
      BullmqModule.forRoot({ connection, prefix: `${name}-${platform}` }),
      BullmqModule.registerQueue({ name: 'parcels' }),
      BullmqModule.registerFlowProducer({ name: 'flows' }),
    ],
    providers: [ParcelProcessor],
  });
}

describeWithTools('processors of queues', ['redis-server'], (commands) => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await startRedis(commands['redis-server']);
  });
  afterAll(() => server.stop());

  onBothPlatforms('bullmq: waits, attempts by outcome and durations', async (context) => {
    const prefix = `bullmq-${context.platform}`;
    const connection = { host: '127.0.0.1', port: server.port };
    const app = await context.start({
      imports: [
        BullmqModule.forRoot({ connection, prefix }),
        BullmqModule.registerQueue({ name: 'mail' }),
      ],
      providers: [MailProcessor],
    });
    const handler = 'MailProcessor.process';
    await app.expectSample(ATTEMPTS, { handler, outcome: 'failed' }, 0);
    const queue = app.provider<Queue<Mail>>(getQueueToken('mail'));
    await queue.add('plain', {});
    await queue.add('second time', { fails: 1 }, { attempts: 2 });
    await queue.add('never', { fails: 2 }, { attempts: 2 });
    await queue.add('hopeless', { hopeless: true }, { attempts: 3 });
    await app.expectSample(ATTEMPTS, { handler, outcome: 'completed' }, 2);
    await app.expectSample(ATTEMPTS, { handler, outcome: 'retried' }, 2);
    await app.expectSample(ATTEMPTS, { handler, outcome: 'failed' }, 2);
    await app.expectSample(WAITS, { handler }, 4);
    await app.expectSample(DURATION, { kind: 'queue', handler, outcome: 'success' }, 2);
    await app.expectSample(DURATION, { kind: 'queue', handler, outcome: 'error' }, 4);
  });

  describe('of bullmq', () => {
    const handler = 'ParcelProcessor.process';
    const queue = { kind: 'queue', handler };

    onBothPlatforms('work at several jobs at a time', async (context) => {
      const app = await parcels(context, server.port, 'busy');
      const { release } = app.provider(ParcelProcessor);
      context.cleanUp(release);
      const jobs = Array.from({ length: 4 }, () => ({ name: 'held', data: {} }));
      await app.provider<Queue>(getQueueToken('parcels')).addBulk(jobs);
      await app.expectSample(BUSY, queue, 3);
      await app.expectSample(WAITS, { handler }, 3);
      release();
      await app.expectSample(ATTEMPTS, { handler, outcome: 'completed' }, 4);
      await app.expectSample(DURATION, { ...queue, outcome: 'success' }, 4);
      await app.expectSample(BUSY, queue, 0);
    });

    onBothPlatforms('put a job off, which is no outcome of it', async (context) => {
      const app = await parcels(context, server.port, 'later');
      await app.provider<Queue>(getQueueToken('parcels')).add('later', {}, { attempts: 2 });
      await app.expectSample(DURATION, { ...queue, outcome: 'success' }, 2);
      await app.expectSample(ATTEMPTS, { handler, outcome: 'completed' }, 1);
      await app.expectSample(ATTEMPTS, { handler, outcome: 'retried' }, 0);
      await app.expectSample(ATTEMPTS, { handler, outcome: 'failed' }, 0);
      await app.expectSample(DURATION, { ...queue, outcome: 'error' }, 0);
      await app.expectSample(WAITS, { handler }, 1);
    });

    onBothPlatforms('give a job up by an error of their own', async (context) => {
      const app = await parcels(context, server.port, 'hopeless');
      await app.provider<Queue>(getQueueToken('parcels')).add('hopeless', {}, { attempts: 5 });
      await app.expectSample(ATTEMPTS, { handler, outcome: 'failed' }, 1);
      await app.expectSample(ATTEMPTS, { handler, outcome: 'retried' }, 0);
      await app.expectSample(DURATION, { ...queue, outcome: 'error' }, 1);
      await app.expectSample(SUCCESS, queue, 0);
    });

    onBothPlatforms('work at the jobs of a flow, each once', async (context) => {
      const app = await parcels(context, server.port, 'flow');
      const flows = app.provider<FlowProducer>(getFlowProducerToken('flows'));
      const child = { name: 'child', queueName: 'parcels' };
      const children = [child, { ...child, name: 'later' }];
      await flows.add({ name: 'parent', queueName: 'parcels', children });
      await app.expectSample(ATTEMPTS, { handler, outcome: 'completed' }, 3);
      await app.expectSample(ATTEMPTS, { handler, outcome: 'failed' }, 0);
      await app.expectSample(WAITS, { handler }, 3);
      await app.expectSample(BUSY, queue, 0);
    });
  });

  onBothPlatforms('bull: waits, attempts by outcome and durations', async (context) => {
    const redis = { host: '127.0.0.1', port: server.port };
    const app = await context.start({
      imports: [
        BullModule.forRoot({ redis, prefix: `bull-${context.platform}` }),
        BullModule.registerQueue({ name: 'letters' }),
      ],
      providers: [LetterProcessor],
    });
    const handler = 'LetterProcessor.send';
    const queue = app.provider<BullQueue<Mail>>(getBullQueueToken('letters'));
    await queue.add({});
    await queue.add({ fails: 1 }, { attempts: 2 });
    await queue.add({ fails: 1 }, { attempts: 1 });
    await app.expectSample(ATTEMPTS, { handler, outcome: 'completed' }, 2);
    await app.expectSample(ATTEMPTS, { handler, outcome: 'retried' }, 1);
    await app.expectSample(ATTEMPTS, { handler, outcome: 'failed' }, 1);
    await app.expectSample(WAITS, { handler }, 3);
    await app.expectSample(DURATION, { kind: 'queue', handler, outcome: 'success' }, 2);
    await app.expectSample(DURATION, { kind: 'queue', handler, outcome: 'error' }, 2);
  });
});
