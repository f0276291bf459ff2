import { parser } from '@prometheus-io/lezer-promql';

/** Stands for the variables of a dashboard, so that its queries are PromQL. */
const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/\$__rate_interval/g, '1m'],
  [/\$(?:job|instance|route)/g, '.*'],
  [/\$histogram/g, '_bucket'],
  [/\$slo/g, '99.9'],
];

/** A query as Grafana sends it, with all jobs, instances and routes chosen. */
export function withoutVariables(query: string): string {
  return VARIABLES.reduce((text, [variable, value]) => text.replace(variable, value), query);
}

/** Where a query is no PromQL; `undefined` when it is. */
export function promqlError(query: string): string | undefined {
  let error: string | undefined;
  parser.parse(query).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) error ??= `${query.slice(Math.max(0, from - 20), to + 20)} (at ${from})`;
    },
  });
  return error;
}
