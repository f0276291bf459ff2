import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';

/** Events: `kind="event"`. */
@Injectable()
export class Letters {
  @OnEvent('order.placed')
  async thank(_item: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
