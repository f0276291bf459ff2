import { setTimeout } from 'node:timers/promises';
import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  UseGuards,
} from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'nestjs-prometheus-exporter';
import { ApiKeyGuard } from './api-key.guard.js';
import { Warehouse } from './warehouse.js';

interface Order {
  readonly id: number;
  readonly items: readonly string[];
}

function isOrder(value: unknown): value is Order {
  return Array.isArray((value as Partial<Order> | undefined)?.items);
}

@Controller('orders')
export class OrdersController {
  readonly #orders = new Map<number, Order>([[1, { id: 1, items: ['keyboard'] }]]);

  constructor(private readonly warehouse: Warehouse) {}

  /** A label that looks at what the handler returned. */
  @Post()
  @Counter('shop_orders', 'Orders, by whether they were placed and how large they are.', {
    labels: {
      size: ({ returnValue }) =>
        isOrder(returnValue) && returnValue.items.length > 1 ? 'many' : 'one',
      placed: ({ error }) => error === undefined,
    },
  })
  place(@Body() body: unknown): Order {
    if (!isOrder(body)) throw new BadRequestException('An order has items');
    const order = { id: this.#orders.size + 1, items: body.items };
    this.#orders.set(order.id, order);
    this.warehouse.ship(order.items);
    return order;
  }

  /** Takes between 0.2 and 1.2 seconds: calls in progress, and durations with buckets that fit. */
  @Get('report')
  @Gauge('shop_reports_in_progress', 'Reports that are being made.')
  @Histogram('shop_report_seconds', 'Time to make a report.', { buckets: [0.25, 0.5, 1, 2] })
  async report(): Promise<object> {
    await setTimeout(200 + Math.random() * 1000);
    return { orders: this.#orders.size };
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
