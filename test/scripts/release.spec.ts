import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FILES = ['package.json', 'package-lock.json', 'lib/core/version.ts', 'CHANGELOG.md'];
const CHANGES = '## [Unreleased]\n\n### Added\n\n- A thing.\n';

/** A repository of its own with what a release touches, and a `.ci/run` and an `npm` that take notes. */
class Repository {
  readonly #directory = mkdtempSync(join(tmpdir(), 'release-'));
  readonly #notes = join(this.#directory, 'notes');
  readonly path = join(this.#directory, 'repository');

  constructor({ changes = CHANGES, ciStatus = 0 } = {}) {
    for (const file of [...FILES, 'scripts/release.mjs']) {
      cpSync(join(ROOT, file), join(this.path, file));
    }
    const manifest = JSON.parse(this.read('package.json')) as { version: string };
    this.write('package.json', JSON.stringify({ ...manifest, version: '1.9.0' }, null, 2));
    this.write('CHANGELOG.md', `# Changelog\n\n${changes}\n## [1.9.0] - 2026-01-01\n\n- Old.\n`);
    this.write('.ci/run', `#!/bin/sh\necho ci >> ${this.#notes}\nexit ${ciStatus}\n`, 0o755);
    mkdirSync(join(this.#directory, 'bin'));
    writeFileSync(join(this.#directory, 'bin/npm'), `#!/bin/sh\necho npm $@ >> ${this.#notes}\n`, {
      mode: 0o755,
    });
    writeFileSync(this.#notes, '');
    this.git('init', '--quiet');
    this.git('add', '.');
    this.git('commit', '--quiet', '-m', 'chore: begin');
  }

  get notes(): string[] {
    return readFileSync(this.#notes, 'utf8').split('\n').slice(0, -1);
  }

  release(...args: string[]): SpawnSyncReturns<string> {
    return this.#run(process.execPath, ['scripts/release.mjs', ...args]);
  }

  git(...args: string[]): string {
    const { stdout, stderr, status } = this.#run('git', args);
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8');
  }

  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text, { mode });
  }

  /** What is there: the last commit, tags, and files that differ from it. */
  state(): unknown {
    return [this.git('log', '--format=%s'), this.git('tag'), this.git('status', '--porcelain')];
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }

  #run(command: string, args: readonly string[]): SpawnSyncReturns<string> {
    const name = { NAME: 'Somebody', EMAIL: 'somebody@localhost' };
    const env = {
      ...process.env,
      PATH: `${join(this.#directory, 'bin')}${delimiter}${process.env['PATH']}`,
      GIT_CONFIG_GLOBAL: '/dev/null',
      ...Object.fromEntries(
        Object.entries(name).flatMap(([key, value]) => [
          [`GIT_AUTHOR_${key}`, value],
          [`GIT_COMMITTER_${key}`, value],
        ]),
      ),
    };
    return spawnSync(command, args, { cwd: this.path, env, encoding: 'utf8' });
  }
}

describe('npm run release', () => {
  const repositories: Repository[] = [];
  const repository = (...options: ConstructorParameters<typeof Repository>): Repository => {
    const made = new Repository(...options);
    repositories.push(made);
    return made;
  };
  afterEach(() => repositories.splice(0).forEach((made) => made.remove()));

  it('has the same version in every place now', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
    const source = readFileSync(join(ROOT, 'lib/core/version.ts'), 'utf8');
    expect(source).toContain(`VERSION = '${version}'`);
  });

  it('changes every place, runs the checks, commits and tags, and does not publish', () => {
    const released = repository();
    expect(released.release('1.10.0')).toMatchObject({ status: 0, stderr: '' });
    expect(released.state()).toEqual(['chore: release 1.10.0\nchore: begin', 'v1.10.0', '']);
    const lock = JSON.parse(released.read('package-lock.json'));
    expect(JSON.parse(released.read('package.json')).version).toBe('1.10.0');
    expect([lock.version, lock.packages[''].version]).toEqual(['1.10.0', '1.10.0']);
    expect(released.read('lib/core/version.ts')).toContain(`VERSION = '1.10.0';\n`);
    const today = new Date().toISOString().slice(0, 10);
    const heading = `## [Unreleased]\n\n## [1.10.0] - ${today}\n\n### Added\n\n- A thing.\n`;
    expect(released.read('CHANGELOG.md')).toContain(heading);
    expect(released.notes).toEqual(['ci']);
  });

  it('publishes when it is told to', () => {
    const released = repository();
    expect(released.release('1.9.0', '--publish').status).toBe(0);
    expect(released.notes).toEqual(['ci', 'npm publish']);
  });

  it('does nothing in a dry run', () => {
    const untouched = repository();
    const before = untouched.state();
    const { stdout, status } = untouched.release('2.0.0', '--dry-run', '--publish');
    expect(status).toBe(0);
    expect(stdout).toMatch(/would run \.ci\/run\nwould commit and tag v2\.0\.0\nwould publish/);
    expect([untouched.state(), untouched.notes]).toEqual([before, []]);
  });

  it('leaves everything as it was when a check fails', () => {
    const failing = repository({ ciStatus: 3 });
    const before = failing.state();
    const { stderr, status } = failing.release('2.0.0', '--publish');
    expect([status, stderr]).toEqual([1, 'release: .ci/run failed\n']);
    expect([failing.state(), failing.notes]).toEqual([before, ['ci']]);
  });

  it.each([
    [['1.8.9'], /1\.8\.9 is before 1\.9\.0/],
    [['v2'], /expected one version/],
    [[], /expected one version/],
    [['2.0.0', '--yes'], /--yes/],
  ])('refuses %j', (args, message) => {
    const untouched = repository();
    const before = untouched.state();
    expect(untouched.release(...args)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(message),
    });
    expect([untouched.state(), untouched.notes]).toEqual([before, []]);
  });

  it('refuses a version that is tagged, a tree with changes, and an empty changelog', () => {
    const tagged = repository();
    tagged.git('tag', 'v2.0.0');
    expect(tagged.release('2.0.0').stderr).toContain('there is a tag v2.0.0 already');
    const changed = repository();
    changed.write('lib/new.ts', '');
    expect(changed.release('2.0.0').stderr).toContain('changes without a commit');
    const empty = repository({ changes: '## [Unreleased]\n' });
    expect(empty.release('2.0.0').stderr).toContain('nothing under Unreleased');
    for (const { notes } of [tagged, changed, empty]) expect(notes).toEqual([]);
  });
});
