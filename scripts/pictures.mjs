/**
 * `npm run pictures`: starts sample/08-signals, lets it make traffic for two minutes, and takes the
 * pictures of the live page that stand in the README and in docs/, light and dark, with Debian's
 * Chromium.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const images = join(root, 'docs/images');
const seconds = Number(process.argv[2] ?? 120);
const port = 3999;

mkdirSync(images, { recursive: true });
const command = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
if (command === undefined) throw new Error('There is no chromium: npm run tools');
const application = spawn(process.execPath, [join(root, 'build/sample/08-signals/main.js')], {
  env: { ...process.env, PORT: String(port) },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await once(application.stdout, 'data');
  const browser = await chromium.launch({
    executablePath: command,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`http://127.0.0.1:${port}/metrics/live`);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(images, `live-page-${colorScheme}.png`) });
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: join(images, 'live-page-narrow.png') });
  await browser.close();
} finally {
  application.kill('SIGTERM');
}
