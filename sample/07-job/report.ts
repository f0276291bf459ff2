import { Injectable } from '@nestjs/common';
import { InjectMetric } from 'nestjs-prometheus-exporter';
import type { Counter, Gauge } from 'prom-client';

@Injectable()
export class Report {
  constructor(
    @InjectMetric('report_lines_total') private readonly lines: Counter,
    @InjectMetric('report_last_success_timestamp_seconds') private readonly lastSuccess: Gauge,
  ) {}

  async write(): Promise<void> {
    for (let line = 1; line <= 10; line += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      this.lines.inc();
    }
    this.lastSuccess.setToCurrentTime();
  }
}
