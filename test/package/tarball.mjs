import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import { run } from './command.mjs';

const root = join(import.meta.dirname, '../..');
const manifest = createRequire(import.meta.url)('../../package.json');

const ALLOWED =
  /^(dist\/(esm|cjs)\/(package\.json|.+\.(js|d\.ts))|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
const NEEDED = ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json'];

/**
 * Builds and packs the library.
 *
 * @param {string} directory where the tarball goes
 * @returns {{ path: string, files: string[] }}
 */
export function pack(directory) {
  run('npm', ['run', 'build'], root);
  // Without scripts, so that nothing but the result is printed.
  const { stdout } = run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
    root,
  );
  const [result] = JSON.parse(stdout);
  return {
    path: join(directory, result.filename),
    files: result.files.map((/** @type {{ path: string }} */ file) => file.path),
  };
}

/**
 * Checks that the tarball has every file that the manifest points to, and none that has no place
 * in it.
 *
 * @param {string[]} files
 */
export function checkContents(files) {
  const needed = [...NEEDED, ...pathsIn([manifest.main, manifest.types, manifest.exports])];
  const bins =
    typeof manifest.bin === 'string' ? [manifest.bin] : Object.values(manifest.bin ?? {});
  const missing = [...needed, ...pathsIn(bins)].filter((file) => !files.includes(file));
  const surplus = files.filter((file) => !ALLOWED.test(file));
  if (missing.length > 0) throw new Error(`not in the tarball: ${missing.join(', ')}`);
  if (surplus.length > 0) throw new Error(`should not be in the tarball: ${surplus.join(', ')}`);
}

/**
 * Whether every tool finds what the manifest promises, and its types.
 *
 * @param {string} path of the tarball
 */
export function checkWithTools(path) {
  const bin = join(root, 'node_modules/.bin');
  run(join(bin, 'publint'), ['run', path, '--strict'], root);
  run(join(bin, 'attw'), [path, '--no-emoji'], root);
}

/** @param {unknown} value @returns {string[]} all paths in it, without `./` */
function pathsIn(value) {
  if (typeof value === 'string') return [posix.normalize(value)];
  return Object.values(value ?? {}).flatMap(pathsIn);
}
