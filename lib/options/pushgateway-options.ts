import { fixedLabels, optional, required, SECONDS, text } from './checks.js';
import { isPlainObject, nested, type OptionTable, type Resolved, type Resolver } from './table.js';

/** Where metrics are pushed to, for jobs that end before they are scraped. */
export interface PushgatewayOptions {
  /** Of the Pushgateway, e.g. `http://pushgateway:9091`. May hold credentials (`user:password@`). */
  url: string;
  /** Value of the label `job` of everything that is pushed. */
  jobName: string;
  /** Further labels that name the group of metrics which a push replaces. @default none */
  groupings?: Readonly<Record<string, string | number>>;
  /** Headers of the requests, `Authorization` say. @default none */
  headers?: Readonly<Record<string, string>>;
  /** Seconds between two pushes; they keep no process alive. @default none: when it closes */
  intervalSeconds?: number;
}

const url: Resolver<string> = (value, place) => {
  const isUrl =
    typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (isUrl) return value;
  // A password in it is nothing for a log.
  const shown = typeof value === 'string' ? value.replace(/\/\/[^/]*@/, '//***@') : value;
  throw place.fail("a URL such as 'http://pushgateway:9091'", shown);
};

const groupings: Resolver<Readonly<Record<string, string | number>>> = (value, place) => {
  const checked = fixedLabels(value, place);
  if (Object.hasOwn(checked, 'job')) {
    throw place.fail('names other than `job`, which is option `jobName`', 'job');
  }
  return checked;
};

/** Names what is wrong without its value: it may be a secret. */
const headers: Resolver<Readonly<Record<string, string>>> = (value = {}, place) => {
  if (!isPlainObject(value)) throw place.fail('an object of names and values', typeof value);
  for (const [name, header] of Object.entries(value)) {
    if (typeof header !== 'string') throw place.of(name).fail('a text', typeof header);
  }
  return Object.freeze({ ...value }) as Readonly<Record<string, string>>;
};

const PUSHGATEWAY_OPTIONS = {
  url,
  jobName: required(text('a name')),
  groupings,
  headers,
  intervalSeconds: optional(SECONDS),
} satisfies OptionTable<PushgatewayOptions>;

/** Option `pushgateway`, checked and complete. */
export type PushgatewaySettings = Resolved<typeof PUSHGATEWAY_OPTIONS>;

export const pushgateway = nested(PUSHGATEWAY_OPTIONS);
