import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const port = Number(process.env['PORT'] ?? 3000);

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.enableShutdownHooks();
try {
  await app.listen(port, '127.0.0.1');
} catch (error) {
  await app.close();
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  console.error(`Port ${port} is in use. Choose another one, e.g. PORT=3001`);
  process.exit(1);
}

console.log(`Application            http://127.0.0.1:${port}/`);
console.log(`Metrics, with a key    http://127.0.0.1:${port}/metrics`);
console.log(
  `Metrics, basic auth    http://127.0.0.1:${process.env['METRICS_PORT'] ?? 9464}/metrics`,
);
