import { Module } from '@nestjs/common';
import { PrometheusModule } from 'nestjs-prometheus-exporter';
import { ArticlesController } from './articles.controller.js';
import { MetricsSettings } from './metrics-settings.js';

@Module({
  imports: [PrometheusModule.forRootAsync({ useClass: MetricsSettings })],
  controllers: [ArticlesController],
})
export class AppModule {}
