import { createHash } from 'node:crypto';
import { objectivesRow, routesRow, trafficRow } from './http-rows.js';
import { namesUnder, type Names } from './names.js';
import { checkedGroup, checkedPrefix, checkedText, type DashboardOptions } from './options.js';
import { exporterRow, handlersRow, outgoingRow, runtimeRow } from './other-rows.js';
import { ownRow, type OwnFamily } from './own-rows.js';
import { laidOut } from './panels.js';

/** A dashboard as Grafana imports it. */
export type Dashboard = Readonly<Record<string, unknown>> & {
  readonly uid: string;
  readonly title: string;
};

/** What an application exports, where its endpoint was asked. */
export interface Exported {
  readonly hasHandlers: boolean;
  readonly hasOutgoing: boolean;
  readonly families: readonly OwnFamily[];
}

/** Nothing was asked: rows of features that need not be used are there, and closed. */
const UNKNOWN: Exported = { hasHandlers: false, hasOutgoing: false, families: [] };

export function dashboardOf(options: DashboardOptions, exported = UNKNOWN): Dashboard {
  const prefix = checkedPrefix(options.prefix);
  const groupBy = checkedGroup(options.groupBy);
  const title = checkedText('title', options.title ?? 'NestJS application');
  const native = options.native ?? false;
  const names = namesUnder(prefix);
  const own = ownRow(exported.families);
  const rows = [
    objectivesRow(names),
    trafficRow(names),
    routesRow(names, groupBy),
    handlersRow(names, !exported.hasHandlers),
    outgoingRow(names, !exported.hasOutgoing),
    ...(own === undefined ? [] : [own]),
    runtimeRow(),
    exporterRow(names),
  ];
  return {
    uid: uidOf([prefix, groupBy, native, title, exported.families.map(({ name }) => name)]),
    title,
    description: 'HTTP requests, handlers and runtime of a NestJS application.',
    tags: ['nestjs', 'prometheus'],
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    schemaVersion: 39,
    version: 1,
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    annotations: { list: annotations(names) },
    templating: { list: variables(names, groupBy, native) },
    panels: laidOut(rows),
  };
}

/** The same for the same arguments, so that importing it again replaces it. */
function uidOf(parts: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `nestjs-${hash.slice(0, 16)}`;
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

function annotation(name: string, expr: string, iconColor: string, text: string): object {
  return {
    name,
    datasource: DATASOURCE,
    enable: true,
    hide: false,
    iconColor,
    target: { refId: 'Anno', expr, interval: '1m' },
    titleFormat: name,
    textFormat: text,
  };
}

function queryVariable(name: string, label: string, expression: string): object {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    query: { query: expression, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  };
}

function annotations(names: Names): object[] {
  const on = 'job=~"$job", instance=~"$instance"';
  return [
    annotation(
      'Restart',
      `time() - process_start_time_seconds{${on}} < 120`,
      'orange',
      '{{job}} {{instance}} has started',
    ),
    annotation(
      'Version',
      `count by (job, version) (${names.exporterInfo}{${on}}) unless count by (job, version) (${names.exporterInfo}{${on}} offset 2m)`,
      'blue',
      '{{job}} runs version {{version}} of the exporter',
    ),
  ];
}

function variables(names: Names, groupBy: string, native: boolean): object[] {
  const histograms = [
    { text: 'classic', value: '_bucket', selected: !native },
    { text: 'native', value: '()', selected: native },
  ];
  return [
    {
      name: 'datasource',
      label: 'Data source',
      type: 'datasource',
      query: 'prometheus',
      // None is named, so that Grafana takes the first.
      current: { text: '', value: '' },
    },
    queryVariable('job', 'Job', `label_values(${names.exporterInfo}, job)`),
    queryVariable(
      'instance',
      'Instance',
      `label_values(${names.exporterInfo}{job=~"$job"}, instance)`,
    ),
    queryVariable(
      'route',
      'Route',
      `label_values({__name__=~"${names.httpRequestDuration}(_count)?", job=~"$job"}, ${groupBy})`,
    ),
    {
      name: 'histogram',
      label: 'Histograms',
      type: 'custom',
      query: 'classic : _bucket, native : ()',
      options: histograms,
      current: histograms.find(({ selected }) => selected),
    },
    {
      name: 'slo',
      label: 'Objective, %',
      type: 'textbox',
      query: '99.9',
      current: { text: '99.9', value: '99.9' },
    },
  ];
}
