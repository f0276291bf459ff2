import { Controller, Get, Module, VersioningType, type VersioningOptions } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { onBothPlatforms, type StartOptions } from '../support/harness.js';

@Controller('metrics')
class MetricsController {
  @Get()
  index(): string {
    return 'of the application';
  }
}

@Controller()
class RootController {
  @Get()
  index(): string {
    return 'of the application';
  }
}

@Module({ controllers: [RootController] })
class InnerModule {}

@Module({
  imports: [InnerModule, RouterModule.register([{ path: 'metrics', module: InnerModule }])],
})
class RoutedModule {}

const PREFIXED = '/api/metrics';

/** The application's controller, in a version that requests name outside their path. */
const VERSIONS: Record<string, VersioningOptions> = {
  'a header': { type: VersioningType.HEADER, header: 'X-Version', defaultVersion: '1' },
  'the media type': { type: VersioningType.MEDIA_TYPE, key: 'v=', defaultVersion: '1' },
  'a function': { type: VersioningType.CUSTOM, extractor: () => '1', defaultVersion: '1' },
};

type Case = Pick<StartOptions, 'controllers' | 'imports' | 'configure'>;

const CASES: Record<string, Case & { path: string }> = {
  'a controller behind the global prefix': {
    path: '/api/metrics',
    controllers: [MetricsController],
    configure: (app) => app.setGlobalPrefix('api'),
  },
  'a controller behind a prefix that excludes something else': {
    path: '/api/metrics',
    controllers: [MetricsController],
    configure: (app) => app.setGlobalPrefix('api', { exclude: ['health'] }),
  },
  'a module behind the global prefix': {
    path: '/api/metrics',
    imports: [RoutedModule],
    configure: (app) => app.setGlobalPrefix('api'),
  },
  'a version of the path': {
    path: '/v1/metrics',
    controllers: [MetricsController],
    configure: (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
  },
  'a version behind the global prefix': {
    path: '/api/v1/metrics',
    controllers: [MetricsController],
    configure: (app) =>
      app
        .setGlobalPrefix('api')
        .enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
  },
};

describe('the endpoint takes nothing from', () => {
  for (const [name, { path, ...options }] of Object.entries(CASES)) {
    onBothPlatforms(name, async ({ start }) => {
      const app = await start(options);
      expect(await app.get(path)).toMatchObject({ status: 200, body: 'of the application' });
      expect((await app.get('/metrics')).headers.get('content-type')).toMatch(/^text\/plain/);
      await app.expectSample('nestjs_http_request_total', { method: 'GET', status: '200' }, 1);
      expect((await app.samples('nestjs_http_request_duration_seconds_count')).length).toBe(1);
    });
  }

  for (const [name, versioning] of Object.entries(VERSIONS)) {
    for (const [where, source] of Object.entries({
      'a controller': { controllers: [MetricsController] },
      'a module': { imports: [RoutedModule] },
    })) {
      onBothPlatforms(`${where} behind a prefix, with a version by ${name}`, async ({ start }) => {
        const app = await start({
          ...source,
          configure: (nest) => nest.setGlobalPrefix('api').enableVersioning(versioning),
        });
        const headers = { 'x-version': '1', accept: 'text/plain;v=1' };
        const own = await app.get(PREFIXED, { headers });
        expect(own).toMatchObject({ status: 200, body: 'of the application' });
        for (const given of [{}, headers]) {
          const scrape = await app.get('/metrics', { headers: given });
          expect(scrape.headers.get('content-type')).toMatch(/^text\/plain; version/);
        }
      });
    }
  }
});
