import { families } from '../../page/exposition.js';
import { History, type Memory } from '../../page/history.js';
import { readingOf, type Reading } from '../../page/reading.js';

const CONFIG = { endpoint: '', prefix: 'nestjs_', groupBy: 'route', processPrefix: '' };

class Tab implements Memory {
  #kept: string | null = null;

  getItem(): string | null {
    return this.#kept;
  }

  setItem(_: string, value: string): void {
    this.#kept = value;
  }
}

/** What an application says that has answered so many requests, some of them after half a second. */
async function reading(at: number, count: number, slow = 0, startedAt = 1000): Promise<Reading> {
  const labels = 'method="GET",route="/a \\"b\\"",status="200"';
  const name = 'nestjs_http_request_duration_seconds';
  const text = `# TYPE nestjs_http_request_total counter
nestjs_http_request_total{method="GET",status="200"} ${count}
# TYPE ${name} histogram
${name}_bucket{${labels},le="0.1"} ${count - slow}
${name}_bucket{${labels},le="1.0"} ${count}
${name}_bucket{${labels},le="+Inf"} ${count}
${name}_sum{${labels}} ${count}
${name}_count{${labels}} ${count}
# TYPE process_start_time_seconds gauge
process_start_time_seconds ${startedAt}
`;
  return readingOf(await families(text), CONFIG, at);
}

describe('the history of the live page', () => {
  const now = Date.now();

  it('takes rates and quantiles over the last seconds', async () => {
    const history = new History('key', undefined);
    expect(history.add(await reading(now, 100))).toBeUndefined();
    const change = history.add(await reading(now + 2000, 120, 10));
    expect(change?.requests).toBe(10);
    expect(change?.p50).toBeCloseTo(0.1);
    expect(change?.p95).toBeCloseTo(0.91);
    expect(change?.routes).toMatchObject([
      { row: '/a "b"', title: 'GET /a "b"', rate: 10, time: 1 },
    ]);
  });

  it('survives a restart, marks it, and counts from 0', async () => {
    const history = new History('key', undefined);
    history.add(await reading(now, 1000));
    history.add(await reading(now + 2000, 1010));
    expect(history.add(await reading(now + 4000, 4, 0, 2000))).toBeUndefined();
    expect(history.points.map(({ hasStarted }) => hasStarted)).toEqual([false, false, true]);
    expect(history.add(await reading(now + 6000, 8, 0, 2000))?.requests).toBe(2);
  });

  it('counts from 0 where only the counters tell of a restart', async () => {
    const history = new History('key', undefined);
    history.add(await reading(now, 1000));
    expect(history.add(await reading(now + 2000, 4))?.requests).toBe(2);
  });

  it('interrupts its lines where nothing answered', async () => {
    const history = new History('key', undefined);
    history.add(await reading(now, 10));
    history.add(await reading(now + 60_000, 70));
    expect(history.points.map(({ requests }) => requests)).toEqual([null, null, 1]);
    history.add(await reading(now + 62_000, 170));
    expect(history.last?.requests).toBe(50);
  });

  it('is there again when the tab is, for ten minutes', async () => {
    const tab = new Tab();
    const history = new History('key', tab);
    history.add(await reading(now - 700_000, 0));
    history.add(await reading(now - 300_000, 10));
    history.add(await reading(now - 298_000, 30));
    expect(new History('key', tab).last?.requests).toBe(10);
    expect(new History('key', tab).points.every(({ at }) => at > now - 600_000)).toBe(true);
    tab.setItem('key', 'no JSON');
    expect(new History('key', tab).points).toEqual([]);
  });
});
