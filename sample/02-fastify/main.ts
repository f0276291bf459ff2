import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

const port = Number(process.env['PORT'] ?? 3000);

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
  logger: ['error', 'warn'],
});
app.setGlobalPrefix('api');
app.enableShutdownHooks();
try {
  await app.listen(port, '0.0.0.0');
} catch (error) {
  await app.close();
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  console.error(`Port ${port} is in use. Choose another one, e.g. PORT=3001 npm run start:fastify`);
  process.exit(1);
}

console.log(`Application  http://localhost:${port}/api/articles`);
console.log(`Metrics      http://localhost:${port}/metrics`);
