import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What listens to a channel; never throws, as Node would make that an uncaught exception. */
export type Listener = (message: unknown) => void;

/** Listens to diagnostics channels, by their names, and tells each message's failure to nobody. */
export class Subscriptions {
  readonly #listeners: (readonly [channel: string, listener: Listener])[] = [];

  /** @param listener of which nothing that it throws reaches the one who publishes */
  add(channel: string, listener: Listener): void {
    const safe: Listener = (message) => {
      try {
        listener(message);
      } catch {
        // A message of another form than the channel's: what is not understood is not measured.
      }
    };
    subscribe(channel, safe);
    this.#listeners.push([channel, safe]);
  }

  /** Stops listening to all of them. */
  end(): void {
    for (const [channel, listener] of this.#listeners.splice(0)) unsubscribe(channel, listener);
  }
}
