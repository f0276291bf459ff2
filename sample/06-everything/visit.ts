/** Makes a call of each kind that a client can make. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const url = `http://127.0.0.1:${process.env['PORT'] ?? 3000}`;

async function show(what: string, response: Response): Promise<void> {
  console.log(what, response.status, await response.text());
}

for (const item of ['bread', 'cake', 'gravel']) {
  await show(`order ${item}:`, await fetch(`${url}/orders/${item}`, { method: 'POST' }));
}
await show('stock:', await fetch(`${url}/stock/bread`));

const graphql = await fetch(`${url}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: 'mutation { placeOrder(item: "roll") }' }),
});
await show('GraphQL:', graphql);

const socket = new WebSocket(url.replace('http', 'ws'));
await once(socket, 'open');
socket.send(JSON.stringify({ event: 'order', data: 'roll' }));
const [answer] = (await once(socket, 'message')) as [Buffer];
console.log('WebSocket:', answer.toString());
socket.close();
