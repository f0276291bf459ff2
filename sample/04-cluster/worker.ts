import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Gauge, PrometheusModule } from 'nestjs-prometheus-exporter';

@Controller()
class AppController {
  /** The gauge is the number of calls in progress in all workers. */
  @Get()
  @Gauge('work_in_progress', 'Calls that are being worked on')
  async work(): Promise<{ pid: number }> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { pid: process.pid };
  }
}

@Module({
  imports: [PrometheusModule.forRoot({ path: null, multiprocess: true })],
  controllers: [AppController],
})
class AppModule {}

export async function startWorker(port: number): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  await app.listen(port);
  console.log(`Worker ${process.pid} answers on http://localhost:${port}`);
}
