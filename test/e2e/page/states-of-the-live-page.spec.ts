import { Controller, Get, Param } from '@nestjs/common';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../../support/browser.js';
import { eventually } from '../../support/eventually.js';
import { onBothPlatforms } from '../../support/harness.js';
import { describeWithTools } from '../../support/with-real-tools.js';
import { openPage, valueOf } from './opened-page.js';

@Controller('shop')
class ShopController {
  @Get('items/:id')
  item(@Param('id') id: string): string {
    return id;
  }
}

/** A label of its own for each item. */
function shelf({ url }: { url: string }): string {
  return url.replace('/shop/items/', 'shelf ');
}

const ENDPOINT = /\/metrics(\?.*)?$/;

async function rowsOf(page: Page, table: string): Promise<string[]> {
  const rows = page.locator(`[data-table="${table}"] tbody tr`);
  return rows.evaluateAll((all) => all.map((row) => String(row.getAttribute('data-row'))));
}

/** Until the page has rates: its second answer. */
async function hasRates(page: Page): Promise<void> {
  await eventually(async () => {
    expect(await valueOf(page, 'requests')).toBeGreaterThanOrEqual(0);
  }, 20_000);
}

describeWithTools('states of the live page', ['chromium'], (commands) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser(commands.chromium);
  });
  afterAll(() => browser.close());

  onBothPlatforms(
    'draws as little of 2,000 label sets as of a few, and finds each',
    async (context) => {
      const app = await context.start({
        controllers: [ShopController],
        // Of the values of one label, some room stays for others.
        options: { page: true, groupBy: shelf, maxSeries: 2500 },
      });
      const visit = async (from: number, to: number): Promise<void> => {
        for (let item = from; item < to; item += 50) {
          const some = Array.from({ length: Math.min(50, to - item) }, (_, i) => item + i);
          await Promise.all(some.map((each) => app.get(`/shop/items/${each}`)));
        }
      };
      await visit(0, 1950);
      const { page, seen } = await openPage(browser, context, app);
      await hasRates(page);
      await eventually(async () => {
        await app.get('/shop/items/1234');
        expect((await rowsOf(page, 'busiest'))[0]).toBe('shelf 1234');
      }, 20_000);
      expect((await rowsOf(page, 'busiest')).length).toBe(50);
      expect(await page.textContent('[data-table="busiest"] caption')).toMatch(/^50 of 1,?950: /);
      expect(await page.locator('*').count()).toBeLessThan(2000);

      await page.fill('[data-filter="slowest busiest"]', 'shelf 194');
      const found = ['194', ...Array.from({ length: 10 }, (_, i) => `194${i}`)].map(
        (n) => `shelf ${n}`,
      );
      expect((await rowsOf(page, 'busiest')).sort()).toEqual(found.sort());
      await page.fill('[data-filter="slowest busiest"]', '');
      await page.click('[data-table="busiest"] th:nth-child(1) button');
      await page.click('[data-table="busiest"] th:nth-child(1) button');
      expect((await rowsOf(page, 'busiest')).slice(0, 11).at(-1)).toBe('shelf 10');
      expect(seen.errors).toEqual([]);
    },
    120_000,
  );

  onBothPlatforms(
    'asks for what it draws, one question at a time, and not while it is hidden',
    async (context) => {
      const app = await context.start({ controllers: [ShopController], options: { page: true } });
      const { page, seen } = await openPage(browser, context, app, undefined, (each) =>
        each.clock.install(),
      );
      await eventually(() => expect(seen.questions.length).toBeGreaterThan(0));
      const next = async (): Promise<void> => {
        const before = seen.questions.length;
        await eventually(async () => {
          await page.clock.fastForward(2000);
          expect(seen.questions.length).toBeGreaterThan(before);
        }, 20_000);
      };
      await next();
      const names = seen.questions.at(1)?.getAll('name[]') ?? [];
      expect(names).toContain('nestjs_http_request_duration_seconds');
      expect(names).toHaveLength(8);

      let answer: (() => void) | undefined;
      await page.route(ENDPOINT, (route) => {
        answer = () => void route.continue();
      });
      await next();
      const asked = seen.questions.length;
      for (let i = 0; i < 3; i++) await page.clock.fastForward(2000);
      expect(seen.questions).toHaveLength(asked);
      answer?.();
      await page.unroute(ENDPOINT);
      await next();

      const setHidden = (isHidden: boolean): Promise<unknown> =>
        page.evaluate(
          `Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
        document.dispatchEvent(new Event('visibilitychange'));`,
        );
      await setHidden(true);
      await eventually(async () => {
        const before = seen.questions.length;
        for (let i = 0; i < 5; i++) await page.clock.fastForward(2000);
        expect(seen.questions).toHaveLength(before);
      });
      const before = seen.questions.length;
      await setHidden(false);
      await eventually(() => expect(seen.questions.length).toBeGreaterThan(before));
    },
    60_000,
  );

  onBothPlatforms(
    'says that nothing answers, and shows the last state again at once',
    async (context) => {
      const app = await context.start({
        controllers: [ShopController],
        options: { page: true, processMetrics: true },
      });
      const { page } = await openPage(browser, context, app);
      await hasRates(page);
      expect(await page.textContent('#age')).toMatch(/^data \d+ s old$/);
      expect(await page.textContent('#started')).toMatch(/^started \d\d:\d\d:\d\d,$/);
      expect(await page.title()).toBe('all well – Live metrics');
      await page.route(ENDPOINT, (route) => route.abort());
      await eventually(async () =>
        expect(await page.textContent('#verdict')).toMatch(
          /^the endpoint does not answer since \d\d:\d\d: no connection$/,
        ),
      );
      const memory = await valueOf(page, 'memory');
      await page.reload();
      await eventually(async () =>
        expect(await page.textContent('#verdict')).toMatch(/does not answer since/),
      );
      expect(await valueOf(page, 'memory')).toBe(memory);
      expect(await page.textContent('figure[aria-label^="Memory"] b')).toMatch(/ MiB$/);

      await page.unroute(ENDPOINT);
      await eventually(
        async () => expect(await page.textContent('#verdict')).toBe('all well'),
        20_000,
      );
      await page.route(ENDPOINT, () => undefined);
      await eventually(
        async () =>
          expect(await page.textContent('#verdict')).toMatch(/: nothing within its time$/),
        20_000,
      );
    },
    90_000,
  );

  onBothPlatforms(
    'survives a restart of the application, whose counters begin anew',
    async (context) => {
      const options = { page: true, processMetrics: true } as const;
      const first = await context.start({ controllers: [ShopController], options });
      const second = await context.start({ controllers: [ShopController], options });
      const restartedAt = Date.now() / 1000;
      for (let i = 0; i < 50; i++) await first.get('/shop/items/1');
      const { page, seen } = await openPage(browser, context, first);
      await hasRates(page);
      const started = await page.textContent('#started');
      await page.route(ENDPOINT, async (route) => {
        const url = route.request().url().replace(String(first.port), String(second.port));
        const response = await route.fetch({ url });
        const text = await response.text();
        const body = text.replace(/^(process_start_time_seconds) .*$/m, `$1 ${restartedAt}`);
        await route.fulfill({ response, body });
      });
      await eventually(async () => {
        expect(await page.textContent('#started')).not.toBe(started);
      }, 20_000);
      await eventually(async () => {
        await second.get('/shop/items/2');
        expect(await rowsOf(page, 'busiest')).toEqual(['/shop/items/2']);
        expect(await valueOf(page, 'requests')).toBeGreaterThan(0);
      }, 20_000);
      expect(await valueOf(page, 'cpu')).toBeGreaterThanOrEqual(0);
      expect(seen.errors).toEqual([]);
    },
    60_000,
  );

  onBothPlatforms('moves nothing that is already there', async (context) => {
    const app = await context.start({
      controllers: [ShopController],
      options: { page: true, processMetrics: true },
    });
    const { page } = await openPage(browser, context, app, undefined, (each) =>
      each.addInitScript(`
        globalThis.shifts = 0;
        new PerformanceObserver((list) => {
          for (const { value } of list.getEntries()) globalThis.shifts += value;
        }).observe({ type: 'layout-shift', buffered: true });`),
    );
    await eventually(async () => {
      await app.get('/shop/items/1');
      expect(await rowsOf(page, 'busiest')).toHaveLength(1);
    }, 20_000);
    // What counts as good, by https://web.dev/articles/cls
    expect(await page.evaluate('globalThis.shifts')).toBeLessThan(0.1);
  });
});
