import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { JobModule } from './job.module.js';
import { Report } from './report.js';

const app = await NestFactory.createApplicationContext(JobModule);
await app.get(Report).write();
// Pushes the metrics.
await app.close();
