import { dirname, join } from 'node:path';
import { textOf } from './process-files.js';

/** What the container of this process may use; `undefined` without a limit. */
export interface ContainerLimits {
  readonly memoryBytes: number | undefined;
  readonly cpuCores: number | undefined;
}

/** Where control groups are mounted. */
const MOUNT = 'sys/fs/cgroup';

/** The kernel writes the largest number of pages for no limit; no machine has this many bytes. */
const NO_LIMIT = 2 ** 60;

/**
 * Reads the limits of the control group of this process and of all groups above it, of which the
 * strictest holds. Knows both versions of control groups; there are none on other systems than Linux.
 *
 * @param root in which `/proc` and `/sys` are. @default '/'
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export async function containerLimits(root = '/'): Promise<ContainerLimits> {
  const text = (await textOf(join(root, 'proc/self/cgroup'))) ?? '';
  const groups = text.split('\n').flatMap((line) => {
    const [, controllers = '', path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ controllers: controllers.split(','), path }];
  });
  const pathOf = (controller: string): string | undefined =>
    groups.find(({ controllers }) => controllers.includes(controller))?.path;
  const mount = join(root, MOUNT);
  const unified = pathOf('');
  const [memoryPath, cpuPath] = [pathOf('memory'), pathOf('cpu')];
  return {
    memoryBytes: least([
      ...(await limitsIn(mount, unified, memoryV2)),
      ...(await limitsIn(join(mount, 'memory'), memoryPath, memoryV1)),
    ]),
    cpuCores: least([
      ...(await limitsIn(mount, unified, cpuV2)),
      ...(await limitsIn(join(mount, 'cpu'), cpuPath, cpuV1)),
    ]),
  };
}

type ReadLimit = (folder: string) => Promise<number | undefined>;

/**
 * The limits of a group and of those above it. In a container the path may be the one that the host
 * knows, while the container sees its own group as the mount: what is not there is passed over.
 */
async function limitsIn(
  mount: string,
  path: string | undefined,
  read: ReadLimit,
): Promise<(number | undefined)[]> {
  if (path === undefined) return [];
  const limits: (number | undefined)[] = [];
  for (let group = join('/', path); ; group = dirname(group)) {
    limits.push(await read(join(mount, group)));
    if (group === '/') return limits;
  }
}

async function memoryV2(folder: string): Promise<number | undefined> {
  return bytesOf(await textOf(join(folder, 'memory.max')));
}

async function memoryV1(folder: string): Promise<number | undefined> {
  return bytesOf(await textOf(join(folder, 'memory.limit_in_bytes')));
}

async function cpuV2(folder: string): Promise<number | undefined> {
  const [quota, period] = ((await textOf(join(folder, 'cpu.max'))) ?? '').trim().split(' ');
  return coresOf(quota, period);
}

async function cpuV1(folder: string): Promise<number | undefined> {
  const [quota, period] = await Promise.all([
    textOf(join(folder, 'cpu.cfs_quota_us')),
    textOf(join(folder, 'cpu.cfs_period_us')),
  ]);
  return coresOf(quota, period);
}

function bytesOf(text: string | undefined): number | undefined {
  const bytes = Number((text ?? '').trim() || NaN);
  return bytes >= 0 && bytes < NO_LIMIT ? bytes : undefined;
}

function coresOf(quota: string | undefined, period: string | undefined): number | undefined {
  const cores = Number(quota) / Number(period);
  return cores > 0 && cores < Infinity ? cores : undefined;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const given = values.filter((value) => value !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
