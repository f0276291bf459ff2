import { BURN_RATES, secondsOf } from './burn-rates.js';
import { namesUnder, type Names } from './names.js';
import { objectiveTests } from './objective-tests.js';
import { objectivesOf } from './objectives.js';
import { checkedPrefix, checkedShare, type RulesOptions } from './options.js';
import { boundText, TARGET, type Input, type RuleTest } from './rule-test.js';
import { yamlText, type Value } from './yaml.js';

/**
 * Tests for `promtool test rules`, for each alert of the rules with the same options: that
 * it fires when it should, and that none does in a calm and in a nearly idle service.
 *
 * @param file of the rules, as the tests name it
 */
export function ruleTests(options: RulesOptions = {}, file = 'rules.yml'): string {
  const prefix = checkedPrefix(options.prefix);
  const names = namesUnder(prefix);
  const allowed = 1 - checkedShare('slo', options.slo ?? 99.9);
  const latency = options.latency ?? 0.5;
  const tests = [
    ...burnTests(names, allowed),
    ...slowTests(names, latency),
    ...objectiveTests(names, objectivesOf(options)),
    ...healthTests(names),
    ...silentTests(names, allowed),
  ];
  return yamlText({
    rule_files: [file],
    evaluation_interval: '5m',
    tests: tests.map(asTest),
  });
}

function asTest({ name, input, minutes, fires, alert }: RuleTest): Value {
  const which = alert === undefined ? '' : `alertname="${alert}", `;
  return {
    name,
    interval: '1m',
    input_series: input.map(({ series, values }) => ({ series, values })),
    promql_expr_test: [
      {
        expr: `ALERTS{${which}alertstate="firing"}`,
        eval_time: `${minutes}m`,
        exp_samples: fires.map((labels) => ({
          labels: `ALERTS{${Object.entries({ alertstate: 'firing', ...labels })
            .map(([label, value]) => `${label}="${value}"`)
            .join(', ')}}`,
          value: 1,
        })),
      },
    ],
  };
}

/** Requests of which a share fails, from the first minute to the last. */
function requests(names: Names, share: number, minutes: number): Input[] {
  const series = (status: number): string =>
    `${names.httpRequests}{${TARGET},method="GET",status="${status}"}`;
  return [
    { series: series(200), values: `0+${1000 * (1 - share)}x${minutes}` },
    { series: series(500), values: `0+${1000 * share}x${minutes}` },
    up(minutes),
  ];
}

function up(minutes: number): Input {
  return { series: `up{${TARGET}}`, values: `1x${minutes}` };
}

function burnTests(names: Names, allowed: number): RuleTest[] {
  const alert = 'NestjsErrorBudgetBurn';
  return BURN_RATES.flatMap(({ long, factor }) => {
    const share = factor * allowed * 1.2;
    if (share >= 1) return [];
    const minutes = Math.ceil(secondsOf(long) / 300) * 5 + 10;
    const fires = BURN_RATES.filter((other) => other.factor * allowed < share).map(
      ({ long: window, severity }) => ({ alertname: alert, job: 'shop', severity, window }),
    );
    const input = requests(names, share, minutes);
    return [{ name: `errors burn the budget over ${long}`, alert, input, minutes, fires }];
  });
}

function slowTests(names: Names, latency: number): RuleTest[] {
  const alert = 'NestjsLatencyBudgetBurn';
  const minutes = 90;
  const series = (suffix: string, more = ''): string =>
    `${names.httpRequestDuration}${suffix}{${TARGET},method="GET",path="/",status="200"${more}}`;
  const input = [
    ...requests(names, 0, minutes),
    { series: series('_count'), values: `0+1000x${minutes}` },
    { series: series('_bucket', `,le="${boundText(latency)}"`), values: `0+700x${minutes}` },
    { series: series('_bucket', ',le="+Inf"'), values: `0+1000x${minutes}` },
  ];
  const fires = BURN_RATES.map(({ long: window, severity }) => ({
    alertname: alert,
    job: 'shop',
    severity,
    window,
  }));
  return [{ name: 'slow requests burn the budget', alert, input, minutes, fires }];
}

function labelled(name: string, more: string): string {
  return `${name}{${TARGET},${more}}`;
}

/** That one alert fires, for one set of labels. */
function healthTest(
  alert: string,
  minutes: number,
  input: readonly Input[],
  labels: Readonly<Record<string, string>>,
  severity = 'warning',
): RuleTest {
  return { name: alert, alert, minutes, input, fires: [{ alertname: alert, severity, ...labels }] };
}

function healthTests(names: Names): RuleTest[] {
  const info = `${names.exporterInfo}{${TARGET},version="1.0.0"}`;
  const instance = { job: 'shop', instance: 'shop:3000' };
  const handler = { kind: 'cron', handler: 'Reports.daily' };
  const cron = 'kind="cron",handler="Reports.daily"';
  return [
    healthTest(
      'NestjsTargetDown',
      20,
      [
        { series: info, values: '1x10 stale' },
        { series: `up{${TARGET}}`, values: '1x10 0x20' },
      ],
      instance,
      'critical',
    ),
    healthTest(
      'NestjsTargetGone',
      20,
      [
        { series: info, values: '1x10 stale' },
        { series: `up{${TARGET}}`, values: '1x10 stale' },
      ],
      { job: 'shop' },
      'critical',
    ),
    healthTest(
      'NestjsScheduledRunOverdue',
      25,
      [{ series: labelled(names.handlerNextRun, cron), values: '600x30' }],
      { ...instance, ...handler },
    ),
    healthTest(
      'NestjsJobFailing',
      40,
      [
        {
          series: labelled(`${names.handlerDuration}_count`, `${cron},outcome="error"`),
          values: '0+1x60',
        },
      ],
      { job: 'shop', ...handler },
    ),
    healthTest(
      'NestjsEventLoopSaturated',
      30,
      [
        {
          series: labelled('nodejs_eventloop_time_seconds_total', 'state="active"'),
          values: '0+58x60',
        },
        {
          series: labelled('nodejs_eventloop_time_seconds_total', 'state="idle"'),
          values: '0+2x60',
        },
      ],
      instance,
    ),
    healthTest(
      'NestjsHeapNearLimit',
      15,
      [
        { series: `nodejs_heap_size_used_bytes{${TARGET}}`, values: '95x30' },
        { series: `nodejs_heap_size_limit_bytes{${TARGET}}`, values: '100x30' },
      ],
      instance,
    ),
    healthTest(
      'NestjsMemoryNearLimit',
      15,
      [
        { series: `process_resident_memory_bytes{${TARGET}}`, values: '95x30' },
        { series: `process_memory_limit_bytes{${TARGET}}`, values: '100x30' },
      ],
      instance,
    ),
    // The first overflow makes the series, which `increase()` alone would not see.
    healthTest(
      'NestjsLabelOverflow',
      80,
      [
        { series: labelled(names.labelOverflow, 'metric="orders_total"'), values: '_x70 1x30' },
        up(100),
      ],
      { job: 'shop', metric: 'orders_total' },
    ),
    healthTest(
      'NestjsScrapeErrors',
      30,
      [{ series: labelled(names.scrapeErrors, 'cause="timeout"'), values: '0x5 1+1x40' }, up(60)],
      { ...instance, cause: 'timeout' },
    ),
  ];
}

function silentTests(names: Names, allowed: number): RuleTest[] {
  const minutes = 3 * 24 * 60 + 60;
  const healthy = (last: number): Input[] => [
    { series: `${names.exporterInfo}{${TARGET},version="1.0.0"}`, values: `1x${last}` },
    { series: `${names.scrapeErrors}{${TARGET},cause="timeout"}`, values: `0x${last}` },
    { series: `nodejs_heap_size_used_bytes{${TARGET}}`, values: `50x${last}` },
    { series: `nodejs_heap_size_limit_bytes{${TARGET}}`, values: `100x${last}` },
  ];
  // One request in five minutes, and each of them fails.
  const idle = Array.from({ length: 24 }, (_, step) => `${step}x4`).join(' ');
  return [
    {
      name: 'a calm service',
      input: [...requests(names, allowed / 2, minutes), ...healthy(minutes)],
      minutes,
      fires: [],
    },
    {
      name: 'a nearly idle service',
      input: [
        { series: `${names.httpRequests}{${TARGET},method="GET",status="500"}`, values: idle },
        up(120),
        ...healthy(120),
      ],
      minutes: 110,
      fires: [],
    },
  ];
}
