import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import { describeWithTools } from '../../support/with-real-tools.js';

const sample = join(import.meta.dirname, '../../../sample/08-signals/start.mjs');

interface Answer {
  readonly data: {
    readonly activeTargets: readonly { readonly health: string; readonly labels: object }[];
    readonly groups: readonly {
      readonly rules: readonly { readonly name: string; readonly health: string }[];
    }[];
  };
}

describeWithTools('sample/08-signals', ['prometheus'], () => {
  it('starts the shop and a Prometheus with its rules, and ends both', async () => {
    const [port, prometheusPort] = [await freePort(), await freePort()];
    const env = {
      ...process.env,
      PORT: String(port),
      PROMETHEUS_PORT: String(prometheusPort),
      BROWSER: 'none',
      NODE_OPTIONS: '',
    };
    const child = spawn(process.execPath, [sample], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = once(child, 'exit');
    const page = `http://127.0.0.1:${port}/metrics/live`;
    const asked = async (what: string): Promise<Answer['data']> => {
      const response = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/${what}`);
      return ((await response.json()) as Answer).data;
    };
    try {
      await eventually(async () => {
        const { activeTargets } = await asked('targets');
        expect(activeTargets).toMatchObject([{ health: 'up', labels: { job: 'shop' } }]);
      }, 60_000);
      const { groups } = await asked('rules');
      const rules = groups.flatMap((group) => group.rules);
      expect(rules.length).toBeGreaterThan(40);
      expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
      expect(rules.map(({ name }) => name)).toContain('NestjsErrorBudgetBurn');
      const response = await fetch(page);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('data-figure="requests"');
    } finally {
      child.kill('SIGINT');
    }
    await ended;
    await eventually(() => expect(fetch(page)).rejects.toThrow());
    await eventually(() => expect(asked('targets')).rejects.toThrow());
  }, 120_000);
});
