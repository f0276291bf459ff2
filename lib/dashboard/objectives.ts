import { DEFAULT_BUCKETS } from '../metrics/histogram.js';
import {
  checkedBound,
  checkedGroup,
  checkedShare,
  checkedText,
  wrong,
  type Objective,
  type RulesOptions,
} from './options.js';
import { quoted } from './promql.js';

/** An objective as the rules use it. */
export interface CheckedObjective {
  readonly name: string;
  /** The name as a part of a metric's name. */
  readonly id: string;
  readonly isRoute: boolean;
  readonly matcher: string;
  /** 0 to 1. */
  readonly availability: number | undefined;
  readonly latency: { readonly seconds: number; readonly target: number } | undefined;
}

const FIELDS = ['name', 'route', 'handler', 'availability', 'latency'];

/** @throws PrometheusConfigError that names the objective and what is wrong with it */
export function objectivesOf({
  objectives = [],
  groupBy,
  buckets = DEFAULT_BUCKETS,
}: RulesOptions): CheckedObjective[] {
  const group = groupBy === undefined ? 'path' : checkedGroup(groupBy);
  if (!Array.isArray(objectives)) throw wrong('objectives', 'a list of objectives', objectives);
  const checked = (objectives as Objective[]).map((objective, index) =>
    checkedObjective(objective, `objectives[${index}]`, group, buckets),
  );
  const ids = new Set<string>();
  for (const { id, name } of checked) {
    if (ids.has(id)) throw wrong('objectives', 'names that differ in letters and digits', name);
    ids.add(id);
  }
  return checked;
}

function checkedObjective(
  objective: Objective,
  place: string,
  groupBy: string,
  buckets: readonly number[],
): CheckedObjective {
  if (typeof objective !== 'object' || objective === null) {
    throw wrong(place, 'an object with `name`, and `route` or `handler`', objective);
  }
  const unknown = Object.keys(objective).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw wrong(place, `any of ${FIELDS.join(', ')}`, unknown);
  const name = checkedText(`${place}.name`, objective.name);
  const { route, handler, availability, latency } = objective;
  if ((route === undefined) === (handler === undefined)) {
    throw wrong(place, 'either `route` or `handler`', objective);
  }
  if (availability === undefined && latency === undefined) {
    throw wrong(place, '`availability`, `latency` or both', objective);
  }
  const isRoute = route !== undefined;
  const value = checkedText(`${place}.${isRoute ? 'route' : 'handler'}`, route ?? handler);
  return {
    name,
    id:
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^_+|_+$/g, '') || 'x',
    isRoute,
    matcher: `${isRoute ? groupBy : 'handler'}=${quoted(value)}`,
    availability:
      availability === undefined ? undefined : checkedShare(`${place}.availability`, availability),
    latency:
      latency === undefined
        ? undefined
        : {
            seconds: checkedBound(`${place}.latency.seconds`, latency.seconds, buckets),
            target: checkedShare(`${place}.latency.target`, latency.target),
          },
  };
}
