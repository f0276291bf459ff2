import uPlot from 'uplot';
import { bytes, clock, cores, perSecond, seconds, share } from './format.js';
import type { Point } from './history.js';

type Line = Exclude<keyof Point, 'at' | 'hasStarted' | 'inProgress'>;

interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly (readonly [line: Line, label: string, color: string])[];
  readonly text: (value: number) => string;
  /** Steps between the lines of the grid. @default round decimal numbers */
  readonly steps?: readonly number[];
}

const POWERS_OF_TWO = Array.from({ length: 50 }, (_, exponent) => 2 ** exponent);

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
  {
    id: 'memory',
    title: 'Memory',
    lines: [['memory', 'memory', '--two']],
    text: bytes,
    steps: POWERS_OF_TWO,
  },
  { id: 'lag', title: 'Event-loop lag', lines: [['lag', 'lag', '--two']], text: seconds },
];

const HEIGHT = 150;

/** A color of the style, as the system has it now. */
function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

interface Chart {
  readonly spec: ChartSpec;
  readonly plot: uPlot;
  readonly holder: HTMLElement;
  readonly moment: HTMLElement;
  /** Of each line, the value that stands beside its name. */
  readonly values: readonly HTMLElement[];
}

/** Draws the charts, and lets them follow the size of the window and the colors of the system. */
export class Charts {
  #plots: Chart[] = [];
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
    for (const chart of this.#plots) {
      const lines = chart.spec.lines.map(([line]) => points.map((point) => point[line]));
      chart.plot.setData([times, ...lines] as uPlot.AlignedData);
      this.#tell(chart);
    }
  }

  #make(): void {
    for (const { plot } of this.#plots) plot.destroy();
    this.root.replaceChildren();
    this.#plots = CHARTS.map((spec) => this.#chart(spec));
    // Once all of them are there, each has its width.
    this.#fit();
    this.draw(this.#points);
  }

  #chart(spec: ChartSpec): Chart {
    const holder = document.createElement('figure');
    holder.setAttribute('aria-label', `${spec.title} over the last ten minutes`);
    const caption = document.createElement('figcaption');
    const moment = document.createElement('span');
    const values = spec.lines.map(([, label, variable]) => {
      const key = document.createElement('span');
      key.className = variable.slice(2);
      const value = document.createElement('b');
      key.append(spec.lines.length > 1 ? `${label} ` : '', value);
      caption.append(' ', key);
      return value;
    });
    caption.prepend(spec.title);
    caption.append(' ', moment);
    const canvas = document.createElement('div');
    holder.append(caption, canvas);
    this.root.append(holder);
    const plot: uPlot = new uPlot(this.#options(spec, holder), [[]], canvas);
    const chart = { spec, plot, holder, moment, values };
    plot.hooks.setCursor = [() => this.#tell(chart)];
    return chart;
  }

  /** Writes what the lines say under the pointer; where it is elsewhere, what they say now. */
  #tell({ spec, plot, moment, values }: Chart): void {
    const { idx } = plot.cursor;
    const point = this.#points.at(idx ?? -1);
    moment.textContent = typeof idx === 'number' && point !== undefined ? clock(point.at) : '';
    for (const [index, [line]] of spec.lines.entries()) {
      const value = point?.[line] ?? undefined;
      const text = value === undefined ? '–' : spec.text(value);
      const holder = values[index];
      if (holder !== undefined && holder.textContent !== text) holder.textContent = text;
    }
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
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
    };
    return {
      width: Math.max(200, holder.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      padding: [8, 12, 0, 0],
      cursor: { y: false, points: { size: 6 }, drag: { x: false }, sync: { key: 'charts' } },
      scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
      axes: [
        {
          ...axis,
          space: 80,
          size: 28,
          values: (_, moments) => moments.map((at) => clock(at * 1000)),
        },
        {
          ...axis,
          size: 76,
          ...(spec.steps !== undefined && { incrs: [...spec.steps] }),
          values: (_, values) => values.map(spec.text),
        },
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
    ctx.fillStyle = stroke;
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textBaseline = 'top';
    ctx.setLineDash([4, 4]);
    for (const { at, hasStarted } of this.#points) {
      if (!hasStarted) continue;
      const x = valToPos(at / 1000, 'x', true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const isAtTheEnd = x > bbox.left + bbox.width * 0.8;
      ctx.textAlign = isAtTheEnd ? 'right' : 'left';
      ctx.fillText('start', x + (isAtTheEnd ? -4 : 4) * devicePixelRatio, bbox.top);
    }
    ctx.restore();
  }
}
