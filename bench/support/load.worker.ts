import autocannon from 'autocannon';
import { answer } from './worker.js';

/** What is asked of the load generator. */
export interface LoadRequest {
  readonly url: string;
  /** Paths that are asked for in turn. */
  readonly paths: readonly string[];
  readonly seconds: number;
  readonly connections: number;
  readonly pipelining: number;
  /** Requests per second; as many as the server answers when left out. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

answer({
  load: async ({ url, paths, seconds, rate, ...options }: LoadRequest): Promise<LoadResult> => {
    const result = await autocannon({
      ...options,
      url,
      requests: paths.map((path) => ({ path })),
      duration: seconds,
      sampleInt: 100,
      ...(rate === undefined ? {} : { overallRate: rate }),
    });
    if (result.errors + result.timeouts + result.non2xx > 0) {
      throw new Error(
        `${url}: ${result.errors} errors, ${result.timeouts} timeouts, ${result.non2xx} not 2xx`,
      );
    }
    const requests = result['2xx'];
    return {
      requests,
      perSecond: requests / result.duration,
      p50: result.latency.p50,
      p99: result.latency.p99,
    };
  },
});
