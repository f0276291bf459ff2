import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { AppModule } from './app.module.js';
import { MESSAGES } from './stock.client.js';

const port = Number(process.env['PORT'] ?? 3000);

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
app.useWebSocketAdapter(new WsAdapter(app));
app.connectMicroservice({ transport: Transport.TCP, options: MESSAGES });
await app.startAllMicroservices();
await app.listen(port, '127.0.0.1');
console.log(`Metrics      http://localhost:${port}/metrics`);
console.log(`Live page    http://localhost:${port}/metrics/live`);
