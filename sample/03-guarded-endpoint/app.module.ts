import { Module } from '@nestjs/common';
import { basicAuthGuard, PrometheusModule } from 'nestjs-prometheus-exporter';
import { AppController } from './app.controller.js';
import { ScraperGuard } from './scraper.guard.js';
import { ScrapersModule } from './scrapers.module.js';

@Module({
  imports: [
    ScrapersModule,
    PrometheusModule.forRoot({
      // Beside the application, for those whose key the guard's service knows.
      guards: [ScraperGuard],
      // On a port of its own, for a Prometheus that knows the password.
      server: {
        port: Number(process.env['METRICS_PORT'] ?? 9464),
        host: '127.0.0.1',
        authorize: basicAuthGuard({
          username: 'prometheus',
          password: process.env['METRICS_PASSWORD'] ?? 'only-for-this-sample',
        }),
      },
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
