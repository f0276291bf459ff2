import { performance } from 'node:perf_hooks';

/** CPU time that the process has spent since it began, in seconds. */
export function processCpu(): { readonly user: number; readonly system: number } {
  const { user, system } = process.cpuUsage();
  return { user: user / 1e6, system: system / 1e6 };
}

/** Time that the event loop has spent since it began, in seconds. */
export function loopTime(): { readonly active: number; readonly idle: number } {
  const { active, idle } = performance.eventLoopUtilization();
  return { active: active / 1000, idle: idle / 1000 };
}

/**
 * Handles and requests of libuv by the names of their classes, as prom-client has them. Node gives
 * them by functions that it does not document; where it has them no longer, there are none.
 */
interface UndocumentedProcess {
  readonly _getActiveHandles?: () => readonly unknown[];
  readonly _getActiveRequests?: () => readonly unknown[];
}

export function typesOfHandles(): string[] {
  return classNames((process as UndocumentedProcess)._getActiveHandles?.() ?? []);
}

export function typesOfRequests(): string[] {
  return classNames((process as UndocumentedProcess)._getActiveRequests?.() ?? []);
}

function classNames(objects: readonly unknown[]): string[] {
  return objects.map((object) => {
    const name: unknown = (object as { constructor?: { name?: unknown } } | null)?.constructor
      ?.name;
    return typeof name === 'string' ? name : 'unknown';
  });
}
