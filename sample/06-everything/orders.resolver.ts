import { Args, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Orders } from './orders.js';

/** GraphQL: `kind="graphql"`, and the request that brought it is in the HTTP metrics as well. */
@Resolver()
export class OrdersResolver {
  constructor(private readonly orders: Orders) {}

  @Query(() => Int)
  orderCount(): number {
    return this.orders.count;
  }

  @Mutation(() => Int)
  placeOrder(@Args('item', { type: () => String }) item: string): Promise<number> {
    return this.orders.place(item);
  }
}
