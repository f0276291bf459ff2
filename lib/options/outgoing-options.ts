import { BOOLEAN, withDefault } from './checks.js';
import { switched, type OptionTable, type Resolved } from './table.js';

/** What is measured of that which the application waits for. */
export interface OutgoingOptions {
  /** Requests made with `node:http`, `node:https`, `fetch` or undici. @default true */
  http?: boolean;
  /** Calls to databases whose clients publish tracing channels. @default true */
  databases?: boolean;
}

const OUTGOING_OPTIONS = {
  http: withDefault(BOOLEAN, true),
  databases: withDefault(BOOLEAN, true),
} satisfies OptionTable<OutgoingOptions>;

/** Option `outgoing`, checked and complete. */
export type OutgoingSettings = Resolved<typeof OUTGOING_OPTIONS>;

export const outgoing = switched(OUTGOING_OPTIONS, {
  expects: 'true, false, or { http, databases }',
});
