import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';
import { Orders } from './orders.js';

/** WebSockets: `kind="ws"`. */
@WebSocketGateway()
export class OrdersGateway {
  constructor(private readonly orders: Orders) {}

  @SubscribeMessage('order')
  async place(@MessageBody() item: string): Promise<WsResponse<number>> {
    return { event: 'placed', data: await this.orders.place(item) };
  }
}
