/**
 * `npm run build`: compiles `lib/`, and puts what each entry point needs into few files, as ES modules
 * in `dist/esm` and as CommonJS in `dist/cjs`, each with its declarations. To load hundreds of small
 * files takes a process longer than all that is in them. Runs before `npm pack` and `npm publish`
 * as well.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const compiled = join(root, 'build/lib');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

for (const made of [dist, compiled]) rmSync(made, { recursive: true, force: true });
await import('./build-page.mjs');
await run(process.execPath, [tsc, '-p', 'tsconfig.build.json']);
// Whether a declaration is one of an ES module or of CommonJS is said by the manifest beside it.
cpSync(join(dist, 'esm'), join(dist, 'cjs'), { recursive: true });
await Promise.all([
  // What several entry points need is in files of its own, so that each class is there once.
  bundle('esm', { format: 'esm', splitting: true, chunkNames: 'shared-[hash]' }, 'module'),
  // Files of CommonJS stand alone. What they share in a process goes by `Symbol.for` in any case.
  // `import()` in CommonJS needs a flag under Jest, `require()` does not.
  bundle('cjs', { format: 'cjs', supported: { 'dynamic-import': false } }, 'commonjs'),
]);

/**
 * @param {string} folder of `dist/`
 * @param {import('esbuild').BuildOptions} options
 * @param {'module' | 'commonjs'} type what Node.js is to take the `.js` files for
 */
async function bundle(folder, options, type) {
  const entries = ['index', 'multiprocess', 'dashboard', 'cli'];
  const outdir = join(dist, folder);
  await build({
    entryPoints: entries.map((name) => join(compiled, `${name}.js`)),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    ...options,
  });
  for (const file of readdirSync(outdir).filter((name) => name.endsWith('.js'))) {
    const path = join(outdir, file);
    writeFileSync(path, withClassNames(readFileSync(path, 'utf8'), path));
  }
  // Bundlers of applications ask the nearest manifest whether an import may be left out.
  const manifest = { type, sideEffects: false };
  writeFileSync(join(outdir, 'package.json'), `${JSON.stringify(manifest)}\n`);
}

/**
 * Gives the classes their names that the bundler has renamed, those that are decorated or name
 * themselves: they are in the log of Nest and in messages. Its own `keepNames` does so for each
 * function as well, also for those that are made anew with each request.
 *
 * @param {string} code
 * @param {string} file for messages
 */
function withClassNames(code, file) {
  const taken = /^(?:var|let|class) [A-Z]\w*[a-z]\d+ (?:= class )?.*\{$/m.exec(code);
  if (taken !== null) throw new Error(`${file}: two classes have one name: ${taken[0]}`);
  return code.replace(
    /^var (\w+) = (?:\w+ = )?class (?:_\1|\1\d+)\b.*\{$/gm,
    (head, name) =>
      `${head}\n  static {\n    Object.defineProperty(this, "name", { value: "${name}", configurable: true });\n  }`,
  );
}

/** @param {string} command @param {string[]} args */
async function run(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')} failed`);
}
