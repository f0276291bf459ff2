/** How thoroughly a part measures. */
export interface Settings {
  /** Shows that everything works, in the shortest time; no figure means anything. */
  readonly quick: boolean;
  readonly platforms: readonly ('express' | 'fastify')[];
  /** How often the processes of a contest are started anew. */
  readonly starts: number;
  /** Rounds between two starts. */
  readonly turns: number;
  /** Length of one measurement. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** URL of the library that is measured: the published build. */
  readonly library: string;
  /** URLs of other versions of the library, which take part where the library does. */
  readonly against: readonly string[];
}

/** Gives the Markdown of one part's chapter. */
export type Part = (settings: Settings) => Promise<string>;
