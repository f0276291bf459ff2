/**
 * `npm run release -- X.Y.Z [--dry-run] [--publish]`: gives the package a version, in every place that
 * has it, and the changelog's chapter Unreleased this version and today's date; runs `.ci/run`;
 * commits and tags. A step that fails leaves everything as it was. Nothing is pushed, and nothing is
 * published without `--publish`. `--dry-run` only says what would be done.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');

/** Each file that has the version, and how it gets another one. */
const FILES = {
  'package.json': (text, version) => withVersion(text, version, (manifest) => [manifest]),
  'package-lock.json': (text, version) =>
    withVersion(text, version, (lock) => [lock, lock.packages['']]),
  'lib/core/version.ts': (text, version) =>
    replaced(text, /(?<=VERSION = ')[^']*(?=')/, version, 'lib/core/version.ts has no VERSION'),
  'CHANGELOG.md': (text, version) => {
    const chapter = /^## \[Unreleased\]\n+(.*?)(?=^## |(?![^]))/ms.exec(text)?.[1] ?? '';
    if (!/^- /m.test(chapter)) fail('CHANGELOG.md has nothing under Unreleased');
    const date = new Date().toISOString().slice(0, 10);
    const heading = `## [Unreleased]\n\n## [${version}] - ${date}`;
    return replaced(text, /^## \[Unreleased\]$/m, heading, 'CHANGELOG.md has no Unreleased');
  },
};

try {
  release();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function release() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean' }, publish: { type: 'boolean' } },
  });
  const [version = ''] = positionals;
  const tag = `v${version}`;
  checkVersion(version, positionals.length);
  if (capture('git', ['status', '--porcelain']) !== '') fail('there are changes without a commit');
  if (capture('git', ['tag', '--list', tag]) !== '') fail(`there is a tag ${tag} already`);

  const before = Object.fromEntries(Object.keys(FILES).map((file) => [file, read(file)]));
  const after = Object.fromEntries(
    Object.entries(FILES).map(([file, change]) => [file, change(before[file], version)]),
  );
  if (values['dry-run']) {
    const steps = ['run .ci/run', `commit and tag ${tag}`, ...(values.publish ? ['publish'] : [])];
    console.log(`would change ${Object.keys(FILES).join(', ')}`);
    for (const step of steps) console.log(`would ${step}`);
    return;
  }
  write(after);
  try {
    run('.ci/run', []);
    run('git', ['add', ...Object.keys(FILES)]);
    run('git', ['commit', '--quiet', '-m', `chore: release ${version}`]);
  } catch (error) {
    write(before);
    run('git', ['reset', '--quiet']);
    throw error;
  }
  run('git', ['tag', '--annotate', tag, '-m', tag]);
  if (values.publish) run('npm', ['publish']);
  const rest = ['git push --follow-tags', ...(values.publish ? [] : ['npm publish'])];
  console.log(`${tag} is committed and tagged. What is left: ${rest.join(', ')}`);
}

/** @param {string} version @param {number} given how many arguments there were */
function checkVersion(version, given) {
  if (given !== 1 || !/^\d+\.\d+\.\d+$/.test(version)) {
    fail('expected one version: npm run release -- X.Y.Z [--dry-run] [--publish]');
  }
  const now = JSON.parse(read('package.json')).version;
  // The same one, because the first release has the version that the package began with.
  if (now.localeCompare(version, 'en', { numeric: true }) > 0) {
    fail(`${version} is before ${now}, the version of the package`);
  }
}

/**
 * @param {string} text JSON
 * @param {string} version
 * @param {(value: any) => { version: string }[]} places what has the version
 */
function withVersion(text, version, places) {
  const value = JSON.parse(text);
  for (const place of places(value)) place.version = version;
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** @param {string} text @param {RegExp} pattern @param {string} by @param {string} otherwise */
function replaced(text, pattern, by, otherwise) {
  if (!pattern.test(text)) fail(otherwise);
  return text.replace(pattern, () => by);
}

/** @param {string} file */
function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

/** @param {Record<string, string>} texts by file */
function write(texts) {
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(root, file), text);
}

/** @param {string} command @param {string[]} args */
function capture(command, args) {
  const { stdout, status } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) fail(`${[command, ...args].join(' ')} failed`);
  return stdout.trim();
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail(`${[command, ...args].join(' ')} failed`);
}

/** @param {string} message @returns {never} */
function fail(message) {
  throw new Error(`release: ${message}`);
}
