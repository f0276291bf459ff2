import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  Controller,
  Get,
  Injectable,
  InternalServerErrorException,
  type CanActivate,
} from '@nestjs/common';
import helmet from 'helmet';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../../support/browser.js';
import { eventually } from '../../support/eventually.js';
import { onBothPlatforms, type TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';
import { describeWithTools } from '../../support/with-real-tools.js';
import { openPage, valueOf, type OpenedPage } from './opened-page.js';

@Controller('shop')
class ShopController {
  @Get('items')
  items(): string {
    return 'items';
  }

  @Get('broken')
  broken(): never {
    throw new InternalServerErrorException();
  }

  @Get('slow')
  slow(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 300));
  }
}

@Injectable()
class ClosedGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

describeWithTools('the live page', ['chromium'], (commands) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser(commands.chromium);
  });
  afterAll(() => browser.close());

  const open: (context: TestContext, app: TestApp, path?: string) => Promise<OpenedPage> = (
    ...args
  ) => openPage(browser, ...args);

  onBothPlatforms('shows the figures of a known load', async (context) => {
    const app = await context.start({
      controllers: [ShopController],
      options: { page: true, groupBy: 'route', processMetrics: true },
    });
    await app.get('/shop/items');
    const { page, seen } = await open(context, app);
    // Nine of ten succeed, until the page has seen it.
    const load = async (): Promise<void> => {
      for (let i = 0; i < 9; i++) await app.get('/shop/items');
      await app.get('/shop/broken');
      await app.get('/shop/slow');
    };
    await eventually(async () => {
      await load();
      expect(await valueOf(page, 'errors')).toBeCloseTo(1 / 11, 1);
      expect(await valueOf(page, 'p99')).toBeGreaterThan(0.25);
    }, 20_000);
    expect(await valueOf(page, 'requests')).toBeGreaterThan(1);
    expect(await valueOf(page, 'p50')).toBeLessThan(0.25);
    await eventually(async () => expect(await valueOf(page, 'in-progress')).toBe(0), 10_000);
    expect(await valueOf(page, 'memory')).toBeGreaterThan(1e7);
    expect(await valueOf(page, 'cpu')).toBeGreaterThan(0);
    expect(await valueOf(page, 'event-loop-lag')).toBeGreaterThanOrEqual(0);
    expect(await page.textContent('#verdict')).toMatch(
      /^failing: .* % of GET \/shop\/broken since /,
    );
    const slowest = await page.getAttribute('[data-table="slowest"] tbody tr', 'data-row');
    expect(slowest).toBe('/shop/slow');
    const busiest = await page.getAttribute('[data-table="busiest"] tbody tr', 'data-row');
    expect(busiest).toBe('/shop/items');
    expect(
      await page.locator('[data-table="metrics"] [data-row="nodejs_heap_size_used_bytes"]').count(),
    ).toBe(1);
    expect(seen).toMatchObject({ errors: [], hosts: new Set([`127.0.0.1:${app.port}`]) });
    await app.expectSample(
      'nestjs_http_request_total',
      { method: 'GET', status: '304' },
      undefined,
    );
  });

  onBothPlatforms('is where the prefix says, behind helmet, and in no metric', async (context) => {
    const app = await context.start({
      controllers: [ShopController],
      options: { page: true, useGlobalPrefix: true },
      configure: (nest) => {
        nest.setGlobalPrefix('api');
        nest.use(helmet());
      },
    });
    const { page, seen } = await open(context, app, '/api/metrics/live');
    await app.get('/api/shop/items');
    await eventually(
      async () => expect(await valueOf(page, 'requests')).toBeGreaterThanOrEqual(0),
      10_000,
    );
    expect(seen.errors).toEqual([]);
    const { body } = await app.get('/api/metrics');
    expect(body).not.toContain('live');
  });

  onBothPlatforms('shows hostile paths and labels as text', async (context) => {
    const app = await context.start({ options: { page: true } });
    const hostile = '/%3Cimg%20src=x%20onerror=alert(1)%3E';
    const { page, seen } = await open(context, app);
    await eventually(async () => {
      await app.get(hostile);
      const rows = page.locator('[data-table="busiest"] tbody tr');
      expect(await rows.allTextContents()).toEqual([expect.stringContaining(hostile)]);
    }, 10_000);
    expect(await page.locator('img').count()).toBe(0);
    expect(seen.errors).toEqual([]);
  });

  onBothPlatforms('has the guards of the endpoint unless given its own', async (context) => {
    const guarded = await context.start({ options: { page: true, guards: [ClosedGuard] } });
    expect((await guarded.get('/metrics/live')).status).toBe(403);
    const elsewhere = await context.start({
      options: { page: { path: '/ops/live', guards: [] }, guards: [ClosedGuard] },
    });
    const { page } = await open(context, elsewhere, '/ops/live');
    await eventually(async () =>
      expect(await page.textContent('#verdict')).toContain(
        'does not answer: it answers with status 403',
      ),
    );
    expect(await valueOf(page, 'requests')).toBeNaN();
  });

  onBothPlatforms('sorts, filters, and keeps both in its address', async (context) => {
    const app = await context.start({
      controllers: [ShopController],
      options: { page: true, groupBy: 'route' },
    });
    const { page } = await open(context, app);
    await eventually(async () => {
      for (const path of ['/shop/items', '/shop/broken']) await app.get(path);
      expect(await page.locator('[data-table="busiest"] tbody tr').count()).toBe(2);
    }, 10_000);
    await page.fill('[data-filter="slowest busiest"]', 'BROK');
    expect(await page.locator('[data-table="busiest"] tbody tr').count()).toBe(1);
    await page.focus('[data-table="busiest"] th:nth-child(3) button');
    await page.keyboard.press('Enter');
    expect(await page.getAttribute('[data-table="busiest"] th:nth-child(3)', 'aria-sort')).toBe(
      'descending',
    );
    expect(page.url()).toContain('filter-slowest-busiest=BROK');
    await page.reload();
    expect(await page.inputValue('[data-filter="slowest busiest"]')).toBe('BROK');
    expect(await page.getAttribute('[data-table="busiest"] th:nth-child(3)', 'aria-sort')).toBe(
      'descending',
    );
  });

  onBothPlatforms(
    'has no fault of accessibility that axe finds, light, dark and narrow',
    async (context) => {
      const app = await context.start({ controllers: [ShopController], options: { page: true } });
      const { page } = await open(context, app);
      await eventually(async () => {
        await app.get('/shop/items');
        expect(await page.locator('[data-table="busiest"] tbody tr').count()).toBe(1);
      }, 10_000);
      const axe = readFileSync(
        createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
        'utf8',
      );
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [1200, 360]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          // Not by a tag, which the policy of the page refuses.
          const violations = await page.evaluate(
            `${axe}; axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
          );
          expect(violations).toEqual([]);
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(overflow).toBeLessThanOrEqual(0);
        }
      }
    },
  );
});
