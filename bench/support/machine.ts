import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on, in one line; no names and no paths. */
export function machine(): string {
  const packages = ['@nestjs/core', 'express', 'fastify', 'prom-client', 'autocannon'];
  const versions = packages.map((name) => `${name} ${versionOf(name)}`).join(', ');
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpu?.model.trim()}, ` +
    `${memory} GiB, ${process.platform}, Node.js ${process.versions.node}, ${versions}. ` +
    `Load of the machine before: ${loadavg()[0]?.toFixed(1)}.`
  );
}

function versionOf(name: string): string {
  const file = new URL(`../../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
