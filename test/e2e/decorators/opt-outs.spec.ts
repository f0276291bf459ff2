import {
  Controller,
  Get,
  Injectable,
  UseGuards,
  Version,
  VersioningType,
  type CanActivate,
} from '@nestjs/common';
import { Counter, DoNotTrack, ExcludeAllMetrics, Gauge } from '../../../lib/index.js';
import { onBothPlatforms } from '../../support/harness.js';

@Injectable()
class NoEntry implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

const calls = Counter('calls', 'Calls');
const busy = Gauge('busy', 'Calls in progress', { labels: { at: () => 'now' } });

@Controller('mixed')
class MixedController {
  @Get('tracked')
  @calls
  tracked(): string {
    return 'tracked';
  }

  @Get('silent')
  @calls
  @DoNotTrack()
  silent(): string {
    return 'silent';
  }

  @Get('silent/:id')
  @DoNotTrack()
  @calls
  silentWithParameter(): string {
    return 'silent';
  }

  @Get('nothing')
  @ExcludeAllMetrics()
  @calls
  @busy
  nothing(): string {
    return 'nothing';
  }

  @Get('nothing/guarded')
  @ExcludeAllMetrics()
  @UseGuards(NoEntry)
  nothingGuarded(): string {
    return 'never';
  }

  @Get('silent/guarded/:id')
  @DoNotTrack()
  @UseGuards(NoEntry)
  silentGuarded(): string {
    return 'never';
  }
}

@Controller('quiet')
@DoNotTrack()
@calls
class QuietController {
  @Get()
  handle(): string {
    return 'quiet';
  }
}

@Controller('quieter')
@ExcludeAllMetrics()
class QuieterController extends QuietController {}

@Controller('loud')
class LoudController {
  @Get()
  handle(): string {
    return 'loud';
  }
}

@Controller('hushed')
@DoNotTrack()
class HushedController extends LoudController {}

const controllers = [
  MixedController,
  QuietController,
  QuieterController,
  LoudController,
  HushedController,
];
const TOTAL = 'nestjs_http_request_total';

describe('opt-outs', () => {
  onBothPlatforms('DoNotTrack silences the default metrics only', async ({ start }) => {
    const app = await start({ controllers });
    await app.get('/mixed/silent');
    await app.get('/mixed/silent/1');
    await app.get('/quiet');
    await app.expectSample('calls_total', {}, 3);
    await app.expectSum(TOTAL, {}, 0);
    await app.get('/mixed/tracked');
    await app.expectSample('calls_total', {}, 4);
    await app.expectSum(TOTAL, {}, 1);
  });

  onBothPlatforms('ExcludeAllMetrics silences everything, gauges included', async ({ start }) => {
    const app = await start({ controllers });
    await app.get('/mixed/nothing');
    await app.get('/quieter');
    await app.expectSample('calls_total', {}, 0);
    expect(await app.samples('busy')).toEqual([]);
    await app.expectSum(TOTAL, {}, 0);
    await app.expectSum('nestjs_http_request_duration_seconds_count', {}, 0);
  });

  onBothPlatforms('hold for what a guard rejects', async ({ start }) => {
    const app = await start({ controllers });
    expect((await app.get('/mixed/nothing/guarded')).status).toBe(403);
    expect((await app.get('/mixed/silent/guarded/7')).status).toBe(403);
    await app.expectSum(TOTAL, {}, 0);
  });

  onBothPlatforms('tell apart two classes that share a handler', async ({ start }) => {
    const app = await start({ controllers });
    await app.get('/loud');
    await app.get('/hushed');
    await app.expectSum(TOTAL, {}, 1);
    await app.expectSum('nestjs_http_request_duration_seconds_count', { path: '/loud' }, 1);
  });

  onBothPlatforms('leave other requests to the same path counted', async ({ start }) => {
    const app = await start({ controllers });
    await app.get('/mixed/silent');
    await app.post('/mixed/silent', {});
    await app.expectSum(TOTAL, {}, 1);
    await app.expectSample(TOTAL, { method: 'POST', status: '404' }, 1);
  });

  onBothPlatforms('tell apart two versions of one path', async ({ start }) => {
    @Controller('versions')
    class VersionsController {
      @Get()
      @Version('1')
      one(): string {
        return 'one';
      }
      @Get()
      @Version('2')
      @DoNotTrack()
      two(): string {
        return 'two';
      }
    }
    const app = await start({
      controllers: [VersionsController],
      configure: (nest) =>
        nest.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });
    for (const version of ['1', '2', '1', '2']) {
      await app.get('/versions', { headers: { 'x-version': version } });
    }
    await app.expectSample(TOTAL, { method: 'GET', status: '200' }, 2);
  });
});
