import { Controller, Get } from '@nestjs/common';

@Controller()
export class AppController {
  @Get()
  index(): string {
    return 'Everybody may read this; the metrics take a key.\n';
  }
}
