import { connect, type Socket } from 'node:net';
import { quantile } from './statistics.js';
import { answer } from './worker.js';

export interface PacedRequest {
  readonly url: string;
  readonly path: string;
  readonly seconds: number;
  readonly connections: number;
  /** Requests per second, at even distances, whether earlier ones are answered or not. */
  readonly rate: number;
}

export interface PacedResult {
  readonly requests: number;
  /** Microseconds from the moment at which a request was due to its answer. */
  readonly p50: number;
  readonly p99: number;
}

const RESPONSE = 'HTTP/1.1 ';

answer({
  load: async (request: PacedRequest): Promise<PacedResult> => {
    const { hostname, port } = new URL(request.url);
    const latencies: number[] = [];
    const connections = await Promise.all(
      Array.from({ length: request.connections }, () => open(hostname, Number(port), latencies)),
    );
    const text = `GET ${request.path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n`;
    const count = Math.round(request.seconds * request.rate);
    const start = performance.now();
    let sent = 0;
    await new Promise<void>((resolve) => {
      const step = (): void => {
        for (const now = performance.now(); sent < count; sent++) {
          const due = start + (sent * 1000) / request.rate;
          if (due > now) break;
          const { socket, waiting } = connections[sent % connections.length] as Connection;
          waiting.push(due);
          socket.write(text, 'latin1');
        }
        if (latencies.length === count) resolve();
        else setImmediate(step);
      };
      step();
    });
    for (const { socket } of connections) socket.destroy();
    return {
      requests: count,
      p50: quantile(latencies, 0.5) * 1000,
      p99: quantile(latencies, 0.99) * 1000,
    };
  },
});

interface Connection {
  readonly socket: Socket;
  /** When the requests that have no answer yet were due. */
  readonly waiting: number[];
}

function open(host: string, port: number, latencies: number[]): Promise<Connection> {
  const socket = connect({ host, port, noDelay: true });
  const waiting: number[] = [];
  socket.setEncoding('latin1');
  socket.on('data', (data) => {
    const text = String(data);
    for (let at = text.indexOf(RESPONSE); at !== -1; at = text.indexOf(RESPONSE, at + 1)) {
      latencies.push(performance.now() - (waiting.shift() as number));
    }
  });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve({ socket, waiting })).once('error', reject);
  });
}
