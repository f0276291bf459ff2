import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { startMetricsServer } from 'nestjs-prometheus-exporter/multiprocess';

// Run with: npm run build && npm run build:samples && node build/sample/04-cluster/main.js

if (cluster.isPrimary) {
  // Before the workers are forked: they find the directory in their environment.
  const { port } = await startMetricsServer({ port: Number(process.env['METRICS_PORT'] ?? 9464) });
  const workers = Number(process.env['WORKERS'] ?? Math.min(4, availableParallelism()));
  for (let i = 0; i < workers; i++) cluster.fork();

  let isStopping = false;
  cluster.on('exit', (worker, code, signal) => {
    if (isStopping) return;
    console.log(`Worker ${worker.process.pid} ended (${signal ?? code}), another one is started`);
    cluster.fork();
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      isStopping = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
      cluster.disconnect(() => process.exit(0));
    });
  }
  console.log(`Metrics of all workers on http://localhost:${port}/metrics`);
} else {
  const { startWorker } = await import('./worker.js');
  await startWorker(Number(process.env['PORT'] ?? 3000));
}
