/**
 * Makes the live page one document: bundles what is in `page/`, with the library that draws the
 * charts, and writes it as a module that the library loads.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const page = join(root, 'page');
const target = join(root, 'lib/endpoint/live-page.document.ts');

const bundled = await build({
  entryPoints: [join(page, 'main.ts')],
  bundle: true,
  minify: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  legalComments: 'none',
  charset: 'utf8',
});
const script = (bundled.outputFiles[0]?.text ?? '').trim().replaceAll('</script', '<\\/script');
const chartStyle = readFileSync(
  createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css'),
  'utf8',
);
const style = chartStyle + readFileSync(join(page, 'style.css'), 'utf8');
const html = readFileSync(join(page, 'index.html'), 'utf8');

writeFileSync(
  target,
  `/** Made by scripts/build-page.mjs from page/; not kept in the repository. */
export const STYLE = ${JSON.stringify(style.trim())};
export const SCRIPT = ${JSON.stringify(script)};
export const HTML = ${JSON.stringify(html)};
`,
);
