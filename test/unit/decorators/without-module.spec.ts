import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Counter, Gauge } from '../../../lib/index.js';

@Controller('a')
@Gauge('busy', 'Calls in progress')
class AController {
  @Get()
  @Counter('calls', 'Calls')
  handle(): string {
    return 'a';
  }
}

describe('a decorated controller without the module', () => {
  it('works as if it was not decorated', async () => {
    const module = await Test.createTestingModule({ controllers: [AController] }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const response = await fetch(`${await app.getUrl()}/a`);
    expect(await response.text()).toBe('a');
    await app.close();
  });

  it('can be made by hand', () => {
    expect(new AController().handle()).toBe('a');
  });
});
