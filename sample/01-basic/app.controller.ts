import { Controller, Get } from '@nestjs/common';

@Controller()
export class AppController {
  @Get()
  index(): object {
    return {
      try: [
        'GET /users',
        'GET /users/1',
        'GET /users/99 (404)',
        'GET /orders/1',
        'GET /orders/report (slow)',
        'GET /orders/broken (500, an exception)',
        'DELETE /orders/1 (403; with the header x-api-key: secret 204)',
        'GET /health (not in the metrics)',
      ],
      metrics: '/metrics',
    };
  }

  @Get('health')
  health(): object {
    return { status: 'up' };
  }
}
