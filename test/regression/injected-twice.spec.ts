import { Injectable } from '@nestjs/common';
import { Counter } from '../../lib/index.js';
import { METER } from '../../lib/decorators/measured-method.js';
import { onPlatform } from '../support/harness.js';

@Injectable()
class Service {
  @Counter('calls', 'Calls.')
  call(): void {}
}

/** As Nest 10 does with the properties of what it makes for one request. */
function injectAgain(instance: object): void {
  const properties = instance as { [METER]?: unknown };
  const { [METER]: meter } = properties;
  properties[METER] = meter;
}

onPlatform('express', 'an instance may be injected into twice', async ({ start }) => {
  const app = await start({ providers: [Service] });
  const service = app.provider<Service>(Service);
  injectAgain(service);
  service.call();
  await app.expectSample('calls_total', {}, 1);
});
