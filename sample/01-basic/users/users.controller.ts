import { Controller, Get, NotFoundException, Param, ParseIntPipe } from '@nestjs/common';
import { Counter } from 'nestjs-prometheus-exporter';
import { CountedByTier } from '../shop.metrics.js';

interface User {
  readonly id: number;
  readonly name: string;
}

const USERS: readonly User[] = [
  { id: 1, name: 'Ada' },
  { id: 2, name: 'Grace' },
];

/** A decorator on the class counts the calls of all its handlers. */
@Controller('users')
@Counter('shop_user_requests', 'Requests to the users, by status.', {
  labels: { status: ({ statusCode }) => statusCode },
})
export class UsersController {
  @Get()
  list(): readonly User[] {
    return USERS;
  }

  @Get(':id')
  @CountedByTier
  one(@Param('id', ParseIntPipe) id: number): User {
    const user = USERS.find((candidate) => candidate.id === id);
    if (user === undefined) throw new NotFoundException(`There is no user ${id}`);
    return user;
  }
}
