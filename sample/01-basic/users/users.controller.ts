import { Controller, Get, NotFoundException, Param, ParseIntPipe } from '@nestjs/common';

interface User {
  readonly id: number;
  readonly name: string;
}

const USERS: readonly User[] = [
  { id: 1, name: 'Ada' },
  { id: 2, name: 'Grace' },
];

@Controller('users')
export class UsersController {
  @Get()
  list(): readonly User[] {
    return USERS;
  }

  @Get(':id')
  one(@Param('id', ParseIntPipe) id: number): User {
    const user = USERS.find((candidate) => candidate.id === id);
    if (user === undefined) throw new NotFoundException(`There is no user ${id}`);
    return user;
  }
}
