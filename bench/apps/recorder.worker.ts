import { answer } from '../support/worker.js';
import { recorderOf, type RecorderName } from './recorders.js';

/** Runs one recorder in a loop. Argument: its name. Needs `--expose-gc` and a large young space. */
const record = recorderOf(process.argv[2] as RecorderName);
const collect = globalThis.gc as () => void;

function run(times: number): void {
  for (let i = 0; i < times; i++) record(i);
}

answer({
  /** Nanoseconds for each of so many recordings. */
  time: (times: number) => {
    const start = process.hrtime.bigint();
    run(times);
    return Number(process.hrtime.bigint() - start) / times;
  },
  /** Bytes that each of so many recordings allocates; few enough to fit into the young space. */
  bytes: (times: number) => {
    collect();
    const before = process.memoryUsage().heapUsed;
    run(times);
    return (process.memoryUsage().heapUsed - before) / times;
  },
});
