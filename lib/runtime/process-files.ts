import { promises } from 'node:fs';
import { join } from 'node:path';

/** What the system says of this process; `undefined` where it does not. */
export interface ProcessUsage {
  readonly residentBytes: number | undefined;
  readonly virtualBytes: number | undefined;
  readonly dataBytes: number | undefined;
  readonly openDescriptors: number | undefined;
  readonly maxDescriptors: number | undefined;
}

/**
 * Reads what Linux says of this process in `/proc`; everything is `undefined` on other systems.
 *
 * @param root in which `/proc` is. @default '/'
 * @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
export async function processUsage(root = '/'): Promise<ProcessUsage> {
  const self = join(root, 'proc/self');
  const [status, limits, descriptors] = await Promise.all([
    textOf(join(self, 'status')),
    textOf(join(self, 'limits')),
    namesIn(join(self, 'fd')),
  ]);
  return {
    residentBytes: kilobytes(status, 'VmRSS'),
    virtualBytes: kilobytes(status, 'VmSize'),
    dataBytes: kilobytes(status, 'VmData'),
    // One of them is the folder that is being read.
    openDescriptors: descriptors === undefined ? undefined : Math.max(0, descriptors.length - 1),
    maxDescriptors: maxDescriptors(limits),
  };
}

function kilobytes(status: string | undefined, field: string): number | undefined {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status ?? '');
  return found === null ? undefined : Number(found[1]) * 1024;
}

/** The soft limit; `undefined` when there is none. */
function maxDescriptors(limits: string | undefined): number | undefined {
  const found = /^Max open files\s+(\d+)/m.exec(limits ?? '');
  return found === null ? undefined : Number(found[1]);
}

/** `undefined` for a file that cannot be read. */
export async function textOf(path: string): Promise<string | undefined> {
  return promises.readFile(path, 'latin1').catch(() => undefined);
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  return promises.readdir(folder).catch(() => undefined);
}
