import { described, PrometheusConfigError } from '../core/errors.js';

/** What the metrics of an application are like. All of it can be worked out from its endpoint. */
export interface MetricsShape {
  /** Of option `defaultsPrefix`; `''` for none. @default 'nestjs' */
  prefix?: string;
  /** Name of the label that option `groupBy` adds. @default 'path' */
  groupBy?: string;
}

/** Options of `grafanaDashboard()`. */
export interface DashboardOptions extends MetricsShape {
  /** Shows native histograms at first instead of classic ones. @default false */
  native?: boolean;
  /** Title of the dashboard. @default 'NestJS application' */
  title?: string;
}

/** The objectives of one route or handler. */
export interface Objective {
  /** Stands in the labels of its alerts. */
  name: string;
  /** Value of the label that `groupBy` names. */
  route?: string;
  /** `Class.method` of a handler that serves no HTTP request. */
  handler?: string;
  /** Per cent of the calls that are to succeed. */
  availability?: number;
  /** Per cent of the calls that are to take at most so many seconds. */
  latency?: { seconds: number; target: number };
}

/** Options of `prometheusRules()`. */
export interface RulesOptions extends MetricsShape {
  /** Per cent of the requests that are to be answered with something else than a 5xx. @default 99.9 */
  slo?: number;
  /**
   * Seconds in which 99 % of the requests are to be answered: a bucket bound of the application.
   *
   * @default 0.5
   */
  latency?: number;
  /** Bucket bounds of the application, in seconds. @default those of option `buckets` */
  buckets?: readonly number[];
  /** Objectives of single routes and handlers. @default none */
  objectives?: readonly Objective[];
}

const PREFIX = /^(?:[a-zA-Z_:][a-zA-Z0-9_:]*)?$/;
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** `nestjs_`, or `''` without a prefix. */
export function checkedPrefix(prefix: unknown = 'nestjs'): string {
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw wrong(
      'prefix',
      'letters, digits, `_` and `:` that start with no digit, or nothing',
      prefix,
    );
  }
  return prefix === '' || prefix.endsWith('_') ? prefix : `${prefix}_`;
}

export function checkedGroup(groupBy: unknown = 'path'): string {
  if (typeof groupBy !== 'string' || !LABEL.test(groupBy)) {
    throw wrong('group-by', 'the name of a label', groupBy);
  }
  return groupBy;
}

/** A share that is to be met, from 0 to 1. */
export function checkedShare(name: string, percent: unknown): number {
  if (typeof percent !== 'number' || !(percent > 0 && percent < 100)) {
    throw wrong(name, 'per cent above 0 and below 100, 99.9 say', percent);
  }
  return percent / 100;
}

/** A bucket bound in seconds: histograms tell nothing of what is between two of them. */
export function checkedBound(name: string, seconds: unknown, buckets: readonly number[]): number {
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds < Infinity)) {
    throw wrong(name, 'a number of seconds above 0', seconds);
  }
  if (buckets.includes(seconds)) return seconds;
  const below = buckets.filter((bound) => bound < seconds).at(-1);
  const above = buckets.find((bound) => bound > seconds);
  const nearest = [below, above].filter((bound) => bound !== undefined).join(' and ');
  throw wrong(
    name,
    `a bucket bound of the application, of which the nearest are ${nearest}`,
    seconds,
  );
}

export function checkedText(name: string, text: unknown): string {
  if (typeof text !== 'string' || text === '') throw wrong(name, 'a text', text);
  return text;
}

export function wrong(name: string, expected: string, got: unknown): PrometheusConfigError {
  return new PrometheusConfigError(`\`${name}\` expects ${expected}, got ${described(got)}`);
}
