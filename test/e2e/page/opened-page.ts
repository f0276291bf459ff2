import type { Browser, Page } from 'playwright-core';
import type { TestContext } from '../../support/harness.js';
import type { TestApp } from '../../support/test-app.js';

/** What a page did that it should not: errors of its console, and requests to other hosts. */
export interface Seen {
  readonly errors: string[];
  readonly hosts: Set<string>;
  /** Queries of its questions to the endpoint, in their order. */
  readonly questions: URLSearchParams[];
}

export interface OpenedPage {
  readonly page: Page;
  readonly seen: Seen;
}

/** @param before what is done before the page is there */
export async function openPage(
  browser: Browser,
  { cleanUp }: TestContext,
  { port }: Pick<TestApp, 'port'>,
  path = '/metrics/live',
  before: (page: Page) => Promise<unknown> = () => Promise.resolve(),
): Promise<OpenedPage> {
  const page = await browser.newPage();
  cleanUp(() => page.close());
  const seen: Seen = { errors: [], hosts: new Set(), questions: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') seen.errors.push(message.text());
  });
  page.on('pageerror', (error) => seen.errors.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    seen.hosts.add(url.host);
    if (request.resourceType() === 'fetch') seen.questions.push(url.searchParams);
  });
  await before(page);
  await page.goto(`http://127.0.0.1:${port}${path}`);
  return { page, seen };
}

/** The number that a figure draws; NaN while it is unknown. */
export async function valueOf(page: Page, name: string): Promise<number> {
  const value = await page.getAttribute(`[data-figure="${name}"]`, 'data-value');
  return value === null || value === '' ? NaN : Number(value);
}
