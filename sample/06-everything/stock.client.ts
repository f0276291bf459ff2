import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';

/** Where the application's message handlers listen. */
export const MESSAGES = {
  host: '127.0.0.1',
  port: Number(process.env['MESSAGES_PORT'] ?? 3001),
};

@Injectable()
export class StockClient implements OnApplicationShutdown {
  readonly #client = ClientProxyFactory.create({ transport: Transport.TCP, options: MESSAGES });

  of(item: string): Promise<number> {
    return firstValueFrom(this.#client.send<number, string>('stock', item));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#client.close();
  }
}
