import { markdownTable } from './markdown.js';
import type { Measurement } from './contest.js';
import { ratios, resolutionOf, summaryOf, type Summary } from './statistics.js';

export interface ContestTable {
  readonly labels: readonly string[];
  /** In the order of the labels; the first row is the base, the last one the base once more. */
  readonly results: readonly (readonly Measurement[])[];
  /** The ratio that an entry has to reach, by label. */
  readonly targets?: Readonly<Record<string, number>>;
}

/** A table of throughput and processor time, each as a ratio to the first entry. */
export function contestTable({ labels, results, targets = {} }: ContestTable): string {
  const column = (i: number, of: keyof Measurement): number[] =>
    (results[i] as readonly Measurement[]).map((measurement) => measurement[of]);
  const relative = (i: number, of: keyof Measurement): number[] =>
    ratios(column(i, of), column(0, of));
  const self = results.length - 1;
  const resolution = resolutionOf(relative(self, 'perSecond'));
  const cpuResolution = resolutionOf(relative(self, 'cpuPerRequest'));
  const rows = labels.map((label, i) => {
    const throughput = summaryOf(relative(i, 'perSecond'));
    // More processor time is a smaller ratio, as fewer requests are.
    const cpu = summaryOf(relative(i, 'cpuPerRequest').map((ratio) => 1 / ratio));
    return [
      label,
      Math.round(summaryOf(column(i, 'perSecond')).median).toLocaleString('en'),
      i === 0 ? '1' : ratioText(throughput),
      summaryOf(column(i, 'cpuPerRequest')).median.toFixed(1),
      i === 0 ? '1' : ratioText(cpu),
      verdict(targets[label], throughput.median, resolution, cpu.median, cpuResolution),
    ];
  });
  const used = summaryOf(column(0, 'utilization')).median;
  return [
    markdownTable(
      ['', 'requests/s', 'ratio', 'µs processor time', 'ratio (processor time)', 'target'],
      rows,
    ),
    '',
    `The first application against itself is off by ${percent(resolution)} (throughput) and ${percent(cpuResolution)} ` +
      `(processor time): smaller differences mean nothing. It used ${percent(used)} of its core.`,
  ].join('\n');
}

/** A ratio with its spread, half the distance between the quartiles. */
export function ratioText({ median, spread }: Summary): string {
  return `${median.toFixed(3)} ± ${spread.toFixed(3)}`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Judges by whichever of the two measures is the less noisy one. */
function verdict(
  target: number | undefined,
  throughput: number,
  resolution: number,
  cpu: number,
  cpuResolution: number,
): string {
  const ratio = resolution <= cpuResolution ? throughput : cpu;
  return verdictOf(target, ratio, Math.min(resolution, cpuResolution));
}

/** Whether a ratio reaches its target, unless the noise is larger than what it is off. */
export function verdictOf(target: number | undefined, ratio: number, noise: number): string {
  if (target === undefined) return '';
  if (Math.abs(ratio - target) < noise) return `${target}: too noisy to tell`;
  return `${target}: ${ratio >= target ? 'reached' : 'missed'}`;
}
