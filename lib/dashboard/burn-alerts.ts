import { BUDGET_SECONDS, BURN_RATES } from './burn-rates.js';
import { recorded } from './recording-rules.js';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What burns an error budget. */
export interface Budget {
  readonly alert: string;
  /** The metric whose recorded series are watched. */
  readonly metric: string;
  /** The metric whose recorded rate tells how much traffic there is. */
  readonly traffic: string;
  /** `errors` or `slow`. */
  readonly kind: 'errors' | 'slow';
  /** Share of calls that are to be good, 0 to 1. */
  readonly objective: number;
  /** Ends the sentence `shop: 2% of its requests ...`. */
  readonly says: string;
  readonly whose: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runbook: string;
}

/** Calls in five minutes up to which a share says nothing. */
const LITTLE_TRAFFIC = 1;

/** One alert for each burn rate. Silent where hardly anybody asks: one failed call would be all. */
export function burnAlerts(budget: Budget): Alert[] {
  const { alert, metric, traffic, kind, says, whose, labels, runbook } = budget;
  const allowed = round(1 - budget.objective);
  const ratio = (window: string): string => recorded('job', metric, `${kind}_ratio_rate${window}`);
  return BURN_RATES.map(({ long, short, factor, severity }) => {
    const limit = round(factor * allowed);
    const rate = recorded('job', traffic, 'rate5m');
    const lasts = `{{ with printf "${BUDGET_SECONDS} * ${allowed} / %f" $value | query }}{{ . | first | value | humanizeDuration }}{{ end }}`;
    return {
      alert,
      expr: [
        `${ratio(long)} > ${limit}`,
        `and ${ratio(short)} > ${limit}`,
        `and ${rate} * 300 > ${LITTLE_TRAFFIC}`,
      ].join('\n'),
      labels: { severity, window: long, ...labels },
      annotations: {
        summary: `{{ $labels.job }}: {{ $value | humanizePercentage }} of ${whose} ${says}; at this rate the error budget of 30 days lasts ${lasts}`,
        description: `Over ${long} and over ${short}, more than ${round(limit * 100)} % of ${whose} ${says}: ${factor} times what the objective of ${round(budget.objective * 100)} % allows.`,
        runbook_url: runbook,
      },
    };
  });
}

/** Without what binary fractions leave behind. */
function round(value: number): number {
  return Number(value.toPrecision(10));
}
