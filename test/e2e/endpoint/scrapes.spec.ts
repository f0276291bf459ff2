import { Controller, Get } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { onBothPlatforms } from '../../support/harness.js';

@Controller()
class AppController {
  @Get('a')
  a(): string {
    return 'a';
  }
}

describe('the metrics endpoint', () => {
  onBothPlatforms(
    'sends gzip to who accepts it, and says what the body depends on',
    async ({ start }) => {
      const app = await start({ controllers: [AppController] });
      await app.get('/a');
      const plain = await app.get('/metrics', { headers: { 'accept-encoding': 'identity' } });
      expect(plain.headers.get('content-encoding')).toBeNull();
      const gzip = await app.get('/metrics', { headers: { 'accept-encoding': 'gzip' } });
      expect(gzip.headers.get('content-encoding')).toBe('gzip');
      expect(gzip.headers.get('vary')).toBe('Accept, Accept-Encoding');
      expect(gzip.headers.get('cache-control')).toBe('no-store');
      expect(gzip.body).toContain('nestjs_http_request_total{method="GET",status="200"} 1\n');
      expect(Number(gzip.headers.get('content-length'))).toBeLessThan(plain.body.length / 2);
    },
  );
});
