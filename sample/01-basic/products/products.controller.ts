import { setTimeout } from 'node:timers/promises';
import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { Summary } from 'nestjs-prometheus-exporter';
import { CountedByTier } from '../shop.metrics.js';

const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  keyboards: ['K1', 'K2'],
  mice: ['M1'],
};

@Controller('products')
export class ProductsController {
  /** A label by a path parameter; there are as many label values as categories. */
  @Get(':category')
  @CountedByTier
  @Summary('shop_product_list_seconds', 'Time to list the products of a category.', {
    percentiles: [0.5, 0.95],
    maxAgeSeconds: 600,
    labels: {
      category: ({ request, statusCode }) =>
        statusCode === 404 ? 'unknown' : request.params.category,
    },
  })
  async list(@Param('category') category: string): Promise<readonly string[]> {
    await setTimeout(Math.random() * 20);
    const products = Object.hasOwn(PRODUCTS, category) ? PRODUCTS[category] : undefined;
    if (products === undefined) throw new NotFoundException(`There is no category "${category}"`);
    return products;
  }
}
