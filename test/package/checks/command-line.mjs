import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from '../command.mjs';
import { Project, QUIET } from '../project.mjs';

const { name, version } = createRequire(import.meta.url)('../../../package.json');

/** No peer is there: what needs Nest, or a client of Prometheus, fails. */
const alone = {
  /** @param {string} cwd */
  install: (cwd) => run('npm', ['install', '--legacy-peer-deps', ...QUIET], cwd),
};

/** By name: what the functions of the package give, as JSON and as YAML. */
const PRINT =
  'console.log(JSON.stringify(grafanaDashboard(), null, 2) + "\\n" + prometheusRules())';

/** @type {import('../run.mjs').Check[]} */
export const commandLine = ['commonjs', 'module'].map((type) => ({
  title: `the command and its functions, without a peer, in a project of type ${type}`,
  /** @param {import('../run.mjs').Context} context */
  run({ directory, library }) {
    const manifest = { type };
    const project = new Project(directory, `command-${type}`, library, { manifest, ...alone });
    const cwd = project.directory;
    /** @param {string[]} args */
    const command = (...args) => run('npx', ['--no-install', name, ...args], cwd).stdout;

    assert.equal(command('--version'), `${version}\n`);
    for (const of of [[], ['dashboard'], ['rules']])
      assert.match(command(...of, '--help'), /^Usage:$/m);
    const dashboard = command('dashboard');
    assert.equal(JSON.parse(dashboard).title, 'NestJS application');
    assert.equal(command('dashboard'), dashboard);
    const rules = command('rules');
    assert.match(rules, /^groups:\n/);
    assert.match(command('rules', '--tests'), /^rule_files:/m);
    assert.throws(
      () => command('rules', '--slo', 'high'),
      /exit code 2\n`slo` expects a number, got 'high'\n$/,
    );

    const from = `${name}/dashboard`;
    const sources = {
      require: `const { grafanaDashboard, prometheusRules } = require('${from}'); ${PRINT}`,
      import: `import { grafanaDashboard, prometheusRules } from '${from}'; ${PRINT}`,
    };
    for (const [how, source] of Object.entries(sources)) {
      const kind = how === 'import' ? 'module' : 'commonjs';
      const { stdout } = run(process.execPath, [`--input-type=${kind}`, '-e', source], cwd);
      assert.equal(stdout, `${dashboard}${rules}\n`);
    }
    assert.throws(() =>
      run(process.execPath, [join(cwd, 'node_modules', name, 'dist/cjs/index.js')], cwd),
    );
  },
}));
