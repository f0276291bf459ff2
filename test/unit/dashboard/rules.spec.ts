import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { prometheusRules, type RulesOptions } from '../../../lib/dashboard.js';
import { ruleTests } from '../../../lib/dashboard/rule-tests.js';
import { promqlError } from '../../support/promql.js';
import { describeWithTools } from '../../support/with-real-tools.js';

const OBJECTIVES: RulesOptions['objectives'] = [
  {
    name: 'Checkout',
    route: '/checkout',
    availability: 99.9,
    latency: { seconds: 0.25, target: 99 },
  },
  { name: 'mail', handler: 'Mailer.process', availability: 99 },
];

const ALL: readonly RulesOptions[] = [
  {},
  { prefix: '', groupBy: 'route', slo: 99, latency: 1, objectives: OBJECTIVES },
  { prefix: 'shop', groupBy: 'endpoint', latency: 10 },
];

interface ParsedRule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A series of a test of promtool. */
function requests(status: string, values: string): object {
  const labels = `job="shop", instance="a", method="GET", status="${status}"`;
  return { series: `nestjs_http_request_total{${labels}}`, values };
}

function parsed(options: RulesOptions): ParsedRule[] {
  const { groups } = parse(String(prometheusRules(options))) as {
    groups: { rules: ParsedRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

describe('Prometheus rules', () => {
  it.each(ALL)('are PromQL and named level:metric:operation, with %j', (options) => {
    for (const { expr, record } of parsed(options)) {
      expect(promqlError(expr)).toBeUndefined();
      if (record !== undefined) expect(record).toMatch(/^job(_[a-z]+)?:[a-z_0-9]+:[a-z_0-9]+$/);
    }
  });

  it('are written as they are given out', () => {
    const rules = prometheusRules({ objectives: OBJECTIVES });
    expect(parse(String(rules))).toEqual(JSON.parse(JSON.stringify({ groups: rules.groups })));
  });

  it('have alerts with all that whoever is woken needs', () => {
    const alerts = parsed({ objectives: OBJECTIVES }).filter(({ alert }) => alert !== undefined);
    expect(alerts.length).toBeGreaterThan(20);
    for (const { labels, annotations } of alerts) {
      expect(['critical', 'warning']).toContain(labels?.['severity']);
      expect(Object.keys(annotations ?? {}).sort()).toEqual([
        'description',
        'runbook_url',
        'summary',
      ]);
    }
  });

  it('lead to a section of docs/alerts.md, each', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/alerts.md'), 'utf8');
    const sections = [...page.matchAll(/^## (\w+)$/gm)].map(([, title = '']) => title);
    const alerts = parsed({ objectives: OBJECTIVES }).filter(({ alert }) => alert !== undefined);
    expect(new Set(alerts.map(({ alert }) => alert))).toEqual(new Set(sections));
    for (const { alert, annotations } of alerts) {
      const [, anchor] = (annotations?.['runbook_url'] ?? '').split('docs/alerts.md#');
      expect(anchor).toBe(alert?.toLowerCase());
    }
  });

  it('say the job, the share and how long the budget lasts', () => {
    for (const { alert, annotations } of parsed({ objectives: OBJECTIVES })) {
      if (alert?.endsWith('BudgetBurn') !== true) continue;
      expect(annotations?.['summary']).toMatch(
        /^\{\{ \$labels\.job \}\}: \{\{ \$value \| humanizePercentage \}\} of .* budget of 30 days lasts .*humanizeDuration/,
      );
    }
  });

  it('watch the burn rates over their windows', () => {
    const burns = parsed({}).filter(({ alert }) => alert === 'NestjsErrorBudgetBurn');
    expect(burns.map(({ labels }) => [labels?.['window'], labels?.['severity']])).toEqual([
      ['1h', 'critical'],
      ['6h', 'critical'],
      ['1d', 'warning'],
      ['3d', 'warning'],
    ]);
    expect(burns[0]?.expr).toContain('> 0.0144');
  });

  it('never count a client that went away as an error', () => {
    expect(parsed({}).some(({ expr }) => expr.includes('499'))).toBe(false);
  });

  it.each<[RulesOptions, RegExp]>([
    [{ latency: 0.3 }, /`latency` expects a bucket bound .* 0\.25 and 0\.5, got 0\.3/],
    [{ latency: 60 }, /nearest are 10, got 60/],
    [{ slo: 100 }, /`slo` expects per cent/],
    [{ prefix: '1a' }, /`prefix` expects/],
    [{ groupBy: '__a' }, /`group-by` expects/],
    [
      { objectives: [{ name: 'a', availability: 99 }] },
      /objectives\[0\].* either `route` or `handler`/,
    ],
    [{ objectives: [{ name: 'a', route: '/' }] }, /`availability`, `latency` or both/],
    [{ objectives: [...(OBJECTIVES ?? []), ...(OBJECTIVES ?? [])] }, /names that differ/],
  ])('refuse %j', (options, message) => {
    expect(() => prometheusRules(options)).toThrow(message);
  });
});

describeWithTools('Prometheus rules, judged by promtool', ['promtool'], ({ promtool }) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rules-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(ALL)('pass its check without a remark, with %j', (options) => {
    const file = join(folder, 'rules.yml');
    writeFileSync(file, String(prometheusRules(options)));
    const checked = spawnSync(promtool, ['check', 'rules', '--lint=all', file], {
      encoding: 'utf8',
    });
    expect(checked.stdout).toMatch(/SUCCESS: \d+ rules found/);
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });

  it('count the first error of a series that is new', () => {
    writeFileSync(join(folder, 'rules.yml'), String(prometheusRules()));
    const test = {
      rule_files: ['rules.yml'],
      tests: [
        {
          interval: '1m',
          input_series: [
            { series: 'up{job="shop", instance="a"}', values: '1x30' },
            requests('200', '0+60x30'),
            // Thirty errors at once, in a series that was not there before.
            requests('500', '_x20 30x10'),
          ],
          promql_expr_test: [
            {
              expr: 'job:nestjs_http_request:errors_rate5m',
              eval_time: '22m',
              exp_samples: [
                { labels: 'job:nestjs_http_request:errors_rate5m{job="shop"}', value: 0.1 },
              ],
            },
          ],
        },
      ],
    };
    // YAML takes JSON as it is.
    writeFileSync(join(folder, 'first.yml'), JSON.stringify(test));
    const tested = spawnSync(promtool, ['test', 'rules', 'first.yml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(tested.stdout + tested.stderr).toContain('SUCCESS');
  });

  it('fire when they should, and are silent in a calm and in a nearly idle service', () => {
    const options: RulesOptions = { slo: 99.9, objectives: OBJECTIVES };
    writeFileSync(join(folder, 'rules.yml'), String(prometheusRules(options)));
    writeFileSync(join(folder, 'tests.yml'), ruleTests(options));
    const tested = spawnSync(promtool, ['test', 'rules', 'tests.yml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(tested.stdout + tested.stderr).toMatch(/^Unit Testing: {2}tests.yml\n {2}SUCCESS\s*$/);
  }, 300_000);
});
