import { BullModule, InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Queue, type Job } from 'bullmq';

/** A parcel for each order. */
@Injectable()
export class Parcels {
  constructor(@InjectQueue('parcels') private readonly queue: Queue) {}

  @OnEvent('order.placed')
  async pack(item: string): Promise<void> {
    await this.queue.add('parcel', { item }, { attempts: 3, backoff: 500 });
  }
}

/** Queues: `kind="queue"`, with the wait of jobs and the outcomes of attempts. */
@Processor('parcels')
export class ParcelProcessor extends WorkerHost {
  async process(job: Job<{ item: string }>): Promise<void> {
    if (job.data.item === 'cake' && job.attemptsMade === 0) throw new Error('The box is too small');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

@Module({})
export class ParcelsModule {
  static withRedis(url: string): DynamicModule {
    return {
      module: ParcelsModule,
      imports: [
        BullModule.forRoot({ connection: { url } }),
        BullModule.registerQueue({ name: 'parcels' }),
      ],
      providers: [Parcels, ParcelProcessor],
    };
  }
}
