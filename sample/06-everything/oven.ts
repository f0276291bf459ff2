import { Injectable } from '@nestjs/common';
import { Cron, Interval } from '@nestjs/schedule';

/** Schedules: `kind="cron"` and `kind="interval"`, with the last success and the next run. */
@Injectable()
export class Oven {
  @Cron('*/10 * * * * *')
  async bake(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }

  /** Fails half of the time. */
  @Interval(5000)
  clean(): void {
    if (Math.random() < 0.5) throw new Error('The oven is hot');
  }
}
