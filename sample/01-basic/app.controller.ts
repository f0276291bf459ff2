import { Controller, Get } from '@nestjs/common';
import { DoNotTrack, ExcludeAllMetrics } from 'nestjs-prometheus-exporter';

@Controller()
export class AppController {
  @Get()
  @ExcludeAllMetrics()
  index(): object {
    return {
      try: [
        'GET /users',
        'GET /users/1 (with the header x-tier: plus, say)',
        'GET /users/99 (404)',
        'GET /products/keyboards',
        'GET /orders/1',
        'POST /orders (a body like {"items":["mouse"]})',
        'GET /orders/report (slow)',
        'GET /orders/broken (500, an exception)',
        'DELETE /orders/1 (403; with the header x-api-key: secret 204)',
        'GET /health (not in the default metrics)',
      ],
      metrics: '/metrics',
    };
  }

  @Get('health')
  @DoNotTrack()
  health(): object {
    return { status: 'up' };
  }
}
