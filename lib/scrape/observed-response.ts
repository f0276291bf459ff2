import { OutgoingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';

const NODE_WRITE = OutgoingMessage.prototype.write;

/**
 * Whether anybody but Node may see, and so keep, what is written to a response: middleware that has
 * replaced its `write`, another class of responses, or a socket that is none of the system's, as
 * tests and adapters of serverless platforms have them.
 */
export function isObserved(response: ServerResponse): boolean {
  const { socket } = response;
  return (
    response.write !== NODE_WRITE ||
    socket === null ||
    Object.getPrototypeOf(socket) !== Socket.prototype ||
    Object.hasOwn(socket, 'write')
  );
}
