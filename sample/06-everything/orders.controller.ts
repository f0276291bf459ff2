import { Controller, Get, Param, Post } from '@nestjs/common';
import { Orders } from './orders.js';
import { StockClient } from './stock.client.js';

/** HTTP: in the default HTTP metrics. */
@Controller()
export class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly stock: StockClient,
  ) {}

  @Post('orders/:item')
  async place(@Param('item') item: string): Promise<object> {
    return { count: await this.orders.place(item) };
  }

  /** Asks the message handler. */
  @Get('stock/:item')
  async inStock(@Param('item') item: string): Promise<object> {
    return { inStock: await this.stock.of(item) };
  }
}
