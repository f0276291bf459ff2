import { setTimeout } from 'node:timers/promises';
import {
  Controller,
  Get,
  Param,
  Post,
  ServiceUnavailableException,
  NotFoundException,
} from '@nestjs/common';
import { Counter, Gauge } from 'nestjs-prometheus-exporter';

/** Milliseconds that differ from call to call, as those of real work do: most are short, few are long. */
function workOf(typical: number): number {
  return typical * Math.exp(0.6 * (Math.random() + Math.random() + Math.random() - 1.5) * 2);
}

/** Whether the shop has one of its bad minutes: one of five. */
function isBadMinute(): boolean {
  return Math.floor(Date.now() / 60_000) % 5 === 4;
}

@Controller()
export class ShopController {
  @Get('products')
  async products(): Promise<string[]> {
    await setTimeout(workOf(12));
    return ['apple', 'pear'];
  }

  @Get('products/:id')
  async product(@Param('id') id: string): Promise<{ id: string }> {
    await setTimeout(workOf(6));
    if (id === '404') throw new NotFoundException();
    return { id };
  }

  @Get('search')
  async search(): Promise<string[]> {
    await setTimeout(workOf(isBadMinute() ? 900 : 180));
    return [];
  }

  @Post('checkout')
  @Counter('shop_orders', 'Orders, by how they ended.', {
    labels: { outcome: ({ error }) => (error === undefined ? 'placed' : 'failed') },
  })
  @Gauge('shop_checkouts_in_progress', 'Checkouts in progress.')
  async checkout(): Promise<{ order: number }> {
    await setTimeout(workOf(60));
    if (Math.random() < (isBadMinute() ? 0.3 : 0.004)) {
      throw new ServiceUnavailableException('The bank does not answer');
    }
    return { order: Math.floor(Math.random() * 1e6) };
  }
}
