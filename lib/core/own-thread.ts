/** A thread of this process. */
export interface Thread {
  readonly isMain: boolean;
  /** Node's number of it. */
  readonly id: number;
}

/** The thread in which this runs. What tells it is loaded by those who ask alone. */
export function ownThread(): Thread {
  const { isMainThread, threadId } = process.getBuiltinModule('node:worker_threads');
  return { isMain: isMainThread, id: threadId };
}
