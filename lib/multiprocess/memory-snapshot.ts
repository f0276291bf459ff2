import type { AnyMetric } from '../metrics/make-metric.js';
import type { Snapshot } from './files/family-definition.js';
import { Ledger } from './files/ledger.js';
import { SeriesRecorder } from './series-recorder.js';

/**
 * The values of metrics that no process has written to a file.
 *
 * @param prefix put in front of their names
 */
export function memorySnapshot(metrics: readonly AnyMetric[], prefix: string): Snapshot {
  const now = Date.now();
  const ledger = new Ledger({
    process: { pid: process.pid, startedAt: now, version: '', prefix },
  });
  const steps = new SeriesRecorder(ledger, () => 'all', []).record(metrics, now);
  while (steps.next().done !== true);
  const families = ledger.families.map((family) => {
    const { definition } = family;
    return { ...family, definition: { ...definition, name: prefix + definition.name } };
  });
  return { families, values: ledger.values };
}
