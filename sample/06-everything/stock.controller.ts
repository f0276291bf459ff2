import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Counter } from 'nestjs-prometheus-exporter';

/** Messages: `kind="rpc"`, whatever the transport. Label functions see the payload. */
@Controller()
export class StockController {
  @MessagePattern('stock')
  @Counter('bakery_stock_questions', 'Questions for what is in stock.', {
    labels: { known: ({ returnValue }) => returnValue !== 0 },
  })
  inStock(@Payload() item: string): number {
    return item === 'bread' ? 12 : 0;
  }
}
