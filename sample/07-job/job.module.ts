import { Module } from '@nestjs/common';
import { PrometheusModule } from 'nestjs-prometheus-exporter';
import { Report } from './report.js';

const { PUSHGATEWAY_URL = 'http://localhost:9091' } = process.env;

@Module({
  imports: [
    PrometheusModule.forRoot({ pushgateway: { url: PUSHGATEWAY_URL, jobName: 'report' } }),
    PrometheusModule.forFeature([
      { type: 'counter', name: 'report_lines_total', help: 'Lines that were written.' },
      {
        type: 'gauge',
        name: 'report_last_success_timestamp_seconds',
        help: 'When the report was last written.',
      },
    ]),
  ],
  providers: [Report],
})
export class JobModule {}
