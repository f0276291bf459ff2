import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { environment, run } from './command.mjs';
import { QUIET } from './project.mjs';

const require = createRequire(import.meta.url);
const { devDependencies: pinned } = require('../../package.json');

/** A project that Nest's own command line has made, with the library in it. */
export class CliProject {
  /**
   * @param {string} directory
   * @param {{ node?: string }} options
   */
  constructor(directory, { node = process.execPath }) {
    this.directory = directory;
    this.node = node;
  }

  /**
   * As `nest new` of version 11 makes it: CommonJS, Jest with ts-jest.
   *
   * @param {string} parent
   * @param {Record<string, string>} dependencies
   * @returns {CliProject}
   */
  static version11(parent, dependencies) {
    const flags = ['--skip-install', '--skip-git', '-p', 'npm'];
    mkdirSync(parent, { recursive: true });
    run('npm', ['exec', '--yes', '--', '@nestjs/cli@11.0.24', 'new', 'cli-11', ...flags], parent);
    return new CliProject(join(parent, 'cli-11'), {}).#withLibrary({
      ...dependencies,
      '@swc/cli': '0.7.8',
    });
  }

  /**
   * As `nest new` of version 12 makes it. That asks for the kind of modules, so its templates are
   * taken directly.
   *
   * @param {string} parent
   * @param {'esm' | 'cjs'} type ES modules with Vitest, CommonJS with Jest
   * @param {Record<string, string>} dependencies
   * @param {string} node which Nest's command line 12 can run on
   * @returns {CliProject}
   */
  static version12(parent, type, dependencies, node) {
    const schematics = dirname(require.resolve('@angular-devkit/schematics-cli/package.json'));
    const template = `${dirname(require.resolve('@nestjs/schematics/package.json'))}:application`;
    const args = [`--name=cli-12-${type}`, `--type=${type}`, '--no-debug', '--no-dry-run'];
    run(node, [join(schematics, 'bin/schematics.js'), template, ...args], parent);
    return new CliProject(join(parent, `cli-12-${type}`), { node }).#withLibrary({
      ...dependencies,
      '@swc/cli': '0.8.1',
    });
  }

  /** @param {string} name @param {string[]} args of npm's script */
  script(name, ...args) {
    run('npm', ['run', name, '--', ...args], this.directory, { node: this.node });
  }

  /** Another Node.js for what comes next. @param {string} node */
  on(node) {
    return new CliProject(this.directory, { node });
  }

  /** @param {string[]} args of Nest's command line */
  nest(...args) {
    const nest = join(this.directory, 'node_modules/@nestjs/cli/bin/nest.js');
    run(this.node, [nest, ...args], this.directory, { node: this.node });
  }

  /** Builds, starts, tests and lints the project with the scripts that it was made with. */
  checkScripts() {
    this.script('build');
    this.script('test');
    this.script('test:e2e');
    this.script('lint');
  }

  /** Builds in other ways, and starts what comes out. @param {string[][]} builds */
  async checkBuilds(...builds) {
    for (const build of builds) {
      rmSync(join(this.directory, 'dist'), { recursive: true, force: true });
      this.nest(...build);
      await this.checkStart();
    }
  }

  /** Starts what was built as `npm run start:prod` does, and asks it for its metrics. */
  async checkStart() {
    const { scripts } = JSON.parse(readFileSync(join(this.directory, 'package.json'), 'utf8'));
    const [, ...args] = scripts['start:prod'].split(' ');
    const port = await freePort();
    const child = spawn(this.node, args, {
      cwd: this.directory,
      env: { ...environment(this.node), PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    const ended = once(child, 'exit');
    try {
      await answered(`http://127.0.0.1:${port}/`, child);
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      for (const sample of [
        'hellos_total{status="200"}',
        'nestjs_http_request_total{method="GET",status="200"}',
      ]) {
        if (!metrics.includes(`\n${sample} `)) throw new Error(`${sample} is not in\n${metrics}`);
      }
    } finally {
      child.kill();
      await ended;
    }
    if (errors !== '') throw new Error(`it wrote to stderr:\n${errors}`);
  }

  /**
   * What the README and `docs/decorators.md` tell to add, and a test of it.
   *
   * @param {Record<string, string>} dependencies
   */
  #withLibrary(dependencies) {
    this.#edit('package.json', (text) => {
      const manifest = JSON.parse(text);
      Object.assign(manifest.dependencies, dependencies, { '@swc/core': pinned['@swc/core'] });
      return JSON.stringify(manifest, null, 2);
    });
    this.#edit('src/app.module.ts', (text) =>
      text
        .replace(
          /^(import { Module }.*\n)/m,
          "$1import { PrometheusModule } from 'nestjs-prometheus-exporter';\n",
        )
        .replace('imports: []', 'imports: [PrometheusModule.forRoot()]'),
    );
    this.#edit('src/app.controller.ts', (text) =>
      text
        .replace(
          /^(import { Controller.*\n)/m,
          "$1import { Counter } from 'nestjs-prometheus-exporter';\n",
        )
        .replace('  @Get()\n', `  @Get()\n${DECORATOR}`),
    );
    const test = readFileSync(join(this.directory, 'test/app.e2e-spec.ts'), 'utf8');
    writeFileSync(
      join(this.directory, 'test/metrics.e2e-spec.ts'),
      test.replace('AppController', 'Metrics').replace("  it('/ (GET)'", `${TEST}\n  it('/ (GET)'`),
    );
    run('npm', ['install', ...QUIET], this.directory, { node: this.node });
    return this;
  }

  /** @param {string} file @param {(text: string) => string} change */
  #edit(file, change) {
    const path = join(this.directory, file);
    const text = readFileSync(path, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error(`${file} is not as expected:\n${text}`);
    writeFileSync(path, changed);
  }
}

const DECORATOR = `  @Counter('hellos', 'Greetings.', {
    labels: { status: ({ statusCode }) => statusCode },
  })
`;

const TEST = `  it('/metrics (GET)', async () => {
    await request(app.getHttpServer()).get('/').expect(200);
    await request(app.getHttpServer())
      .get('/metrics')
      .expect(200)
      .expect(/^hellos_total\\{status="200"\\} 1$/m);
  });
`;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** @param {string} url @param {import('node:child_process').ChildProcess} child */
async function answered(url, child) {
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
