import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PrometheusModule } from 'nestjs-prometheus-exporter';

@Controller()
class AppController {
  @Get()
  hello(): { instance: string | undefined; pid: number } {
    return { instance: process.env['NODE_APP_INSTANCE'], pid: process.pid };
  }
}

@Module({
  imports: [
    PrometheusModule.forRoot({
      path: null,
      multiprocess: true,
      server: {
        port: Number(process.env['METRICS_PORT'] ?? 9464),
        // PM2 numbers its instances; the first one serves the metrics of all.
        when: () => process.env['NODE_APP_INSTANCE'] === '0',
      },
    }),
  ],
  controllers: [AppController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? 3000));
