import { setImmediate } from '../core/timers.js';

/** Signals by which processes are asked to end: by init systems and containers, and by PM2. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Calls a function when the process or thread ends in a way of which it can know: at its exit, also
 * after an exception that nobody caught, and when it is asked to end by a signal. What a signal does
 * stays as it is: without other listeners the process ends by it, with others they decide.
 *
 * The listener stands in front of all others and takes itself off before they run, because some
 * libraries end the process only when theirs is the one listener.
 *
 * @param action told whether nothing follows: after a signal, the process may decide to stay
 * @returns stops listening
 */
export function onProcessEnd(action: (isFinal: boolean) => void): () => void {
  const onExit = (): void => action(true);
  const onSignal = (signal: NodeJS.Signals): void => {
    process.removeListener(signal, onSignal);
    action(false);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    // The others may decide to stay, and the first process of a container stays without them.
    setImmediate(() => {
      if (isListening) process.prependListener(signal, onSignal);
    }).unref();
  };
  let isListening = true;
  process.on('exit', onExit);
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  return () => {
    isListening = false;
    process.removeListener('exit', onExit);
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  };
}
