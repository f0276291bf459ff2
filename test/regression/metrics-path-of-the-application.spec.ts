import { Controller, Get, Module, VersioningType } from '@nestjs/common';
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
});
