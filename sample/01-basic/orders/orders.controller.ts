import { setTimeout } from 'node:timers/promises';
import {
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  ParseIntPipe,
  UseGuards,
} from '@nestjs/common';
import { ApiKeyGuard } from './api-key.guard.js';

interface Order {
  readonly items: readonly string[];
  readonly total: number;
}

@Controller('orders')
export class OrdersController {
  readonly #orders = new Map<number, Order>([
    [1, { items: ['keyboard'], total: 49.9 }],
    [2, { items: ['cable', 'mouse'], total: 26.5 }],
  ]);

  /** Takes between 0.2 and 1.2 seconds, so that the buckets have something to show. */
  @Get('report')
  async report(): Promise<object> {
    await setTimeout(200 + Math.random() * 1000);
    const totals = [...this.#orders.values()].map(({ total }) => total);
    return { orders: totals.length, total: totals.reduce((sum, total) => sum + total, 0) };
  }

  /** A programming error: answered with 500 and counted as an exception. */
  @Get('broken')
  broken(): object {
    throw new Error('The invoice has no lines');
  }

  @Get(':id')
  one(@Param('id', ParseIntPipe) id: number): Order {
    const order = this.#orders.get(id);
    if (order === undefined) throw new NotFoundException(`There is no order ${id}`);
    return order;
  }

  @Delete(':id')
  @HttpCode(204)
  @UseGuards(ApiKeyGuard)
  cancel(@Param('id', ParseIntPipe) id: number): void {
    this.#orders.delete(id);
  }
}
