import {
  BullModule,
  getQueueToken as getBullQueueToken,
  Process,
  Processor as BullProcessor,
} from '@nestjs/bull';
import { BullModule as BullmqModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { UnrecoverableError, type Job, type Queue } from 'bullmq';
import type { Job as BullJob, Queue as BullQueue } from 'bull';
import { startRedis, type DatabaseServer } from '../../support/database-servers.js';
import { onBothPlatforms } from '../../support/harness.js';
import { describeWithTools } from '../../support/with-real-tools.js';

const ATTEMPTS = 'nestjs_queue_attempts_total';
const WAITS = 'nestjs_queue_wait_seconds_count';
const DURATION = 'nestjs_handler_duration_seconds_count';

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
