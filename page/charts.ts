import uPlot from 'uplot';
import { bytes, clock, cores, perSecond, seconds, share } from './format.js';
import type { Point } from './history.js';

type Line = Exclude<keyof Point, 'at' | 'hasStarted'>;

interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly (readonly [line: Line, label: string, color: string])[];
  readonly text: (value: number) => string;
}

const CHARTS: readonly ChartSpec[] = [
  {
    id: 'requests',
    title: 'Requests',
    lines: [['requests', 'requests', '--one']],
    text: perSecond,
  },
  { id: 'errors', title: 'Share of errors', lines: [['errors', '5xx', '--bad']], text: share },
  {
    id: 'latency',
    title: 'Latency',
    lines: [
      ['p50', 'p50', '--one'],
      ['p95', 'p95', '--two'],
      ['p99', 'p99', '--bad'],
    ],
    text: seconds,
  },
  { id: 'cpu', title: 'CPU', lines: [['cpu', 'CPU', '--one']], text: cores },
  { id: 'memory', title: 'Memory', lines: [['memory', 'memory', '--two']], text: bytes },
  { id: 'lag', title: 'Event-loop lag', lines: [['lag', 'lag', '--two']], text: seconds },
];

const HEIGHT = 140;

/** A color of the style, as the system has it now. */
function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Draws the charts, and lets them follow the size of the window and the colors of the system. */
export class Charts {
  #plots: { readonly spec: ChartSpec; readonly plot: uPlot; readonly holder: HTMLElement }[] = [];
  #points: readonly Point[] = [];

  constructor(private readonly root: HTMLElement) {
    this.#make();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => this.#make());
    new ResizeObserver(() => this.#fit()).observe(root);
  }

  draw(points: readonly Point[]): void {
    this.#points = points;
    const times = points.map(({ at }) => at / 1000);
    for (const { spec, plot } of this.#plots) {
      const lines = spec.lines.map(([line]) => points.map((point) => point[line]));
      plot.setData([times, ...lines] as uPlot.AlignedData);
    }
  }

  #make(): void {
    for (const { plot } of this.#plots) plot.destroy();
    this.root.replaceChildren();
    this.#plots = CHARTS.map((spec) => {
      const holder = document.createElement('figure');
      holder.setAttribute('aria-label', `${spec.title} over the last ten minutes`);
      const caption = document.createElement('figcaption');
      caption.textContent = spec.title;
      const canvas = document.createElement('div');
      holder.append(caption, canvas);
      this.root.append(holder);
      const plot = new uPlot(this.#options(spec, holder), [[]], canvas);
      return { spec, plot, holder };
    });
    // Once all of them are there, each has its width.
    this.#fit();
    this.draw(this.#points);
  }

  #fit(): void {
    for (const { plot, holder } of this.#plots) {
      const width = holder.clientWidth;
      if (width > 0) plot.setSize({ width, height: HEIGHT });
    }
  }

  #options(spec: ChartSpec, holder: HTMLElement): uPlot.Options {
    const axis = {
      stroke: color('--quiet'),
      grid: { stroke: color('--line') },
      ticks: { show: false },
    };
    return {
      width: Math.max(200, holder.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
      axes: [
        { ...axis, space: 80, values: (_, moments) => moments.map((at) => clock(at * 1000)) },
        { ...axis, size: 76, values: (_, values) => values.map(spec.text) },
      ],
      series: [
        {},
        ...spec.lines.map(([, label, stroke]) => ({
          label,
          stroke: color(stroke),
          width: 1.5,
          points: { show: false },
        })),
      ],
      hooks: { draw: [(plot) => this.#markStarts(plot, color('--quiet'))] },
    };
  }

  /** A mark where the application has started. */
  #markStarts({ ctx, valToPos, bbox }: uPlot, stroke: string): void {
    ctx.save();
    ctx.strokeStyle = stroke;
    ctx.setLineDash([4, 4]);
    for (const { at, hasStarted } of this.#points) {
      if (!hasStarted) continue;
      const x = valToPos(at / 1000, 'x', true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }
}
