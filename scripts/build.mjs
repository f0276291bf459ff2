/**
 * `npm run build`: compiles `lib/` to `dist/esm` and `dist/cjs`, each with its own declarations. Runs
 * before `npm pack` and `npm publish` as well.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(dist, { recursive: true, force: true });
await import('./build-page.mjs');
await Promise.all([
  compile('tsconfig.build.json', 'esm', 'module'),
  compile('tsconfig.build.cjs.json', 'cjs', 'commonjs'),
]);

/**
 * Compiles one of the builds, and says in it what Node is to take its `.js` files for.
 *
 * @param {string} project
 * @param {string} folder of `dist/`
 * @param {'module' | 'commonjs'} type
 */
async function compile(project, folder, type) {
  await run(process.execPath, [tsc, '-p', project]);
  // Bundlers ask the nearest manifest whether an import may be left out.
  const manifest = { type, sideEffects: false };
  writeFileSync(join(dist, folder, 'package.json'), `${JSON.stringify(manifest)}\n`);
}

/** @param {string} command @param {string[]} args */
async function run(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')} failed`);
}
