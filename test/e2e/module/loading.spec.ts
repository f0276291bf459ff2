import { execFileSync } from 'node:child_process';

/** What only some applications need, and takes milliseconds to load. */
const LATER = ['fs/promises', 'worker_threads', 'inspector'];

const LOADED = `
for (const name of ['reflect-metadata', '@nestjs/common', '@nestjs/core', 'prom-client']) require(name);
const before = new Set(process.moduleLoadList);
require('nestjs-prometheus-exporter');
const added = process.moduleLoadList.filter((name) => !before.has(name));
console.log(JSON.stringify(added.map((name) => name.replace('NativeModule ', ''))));
`;

const NAMES = `
(async () => {
  const name = 'nestjs-prometheus-exporter';
  const given = [require(name), await import(name)].flatMap((exported) => Object.entries(exported));
  const classes = given.filter(([, value]) => /^class/.test(String(value)));
  console.log(JSON.stringify(classes.map(([name, { name: own }]) => [name, own])));
})();
`;

// Both need `npm run build`.

it('has classes that bear their own names, for the log of Nest', () => {
  const names = outputOf(NAMES) as [name: string, own: string][];
  expect(names.map(([name]) => name)).toContain('PrometheusModule');
  expect(names.filter(([name, own]) => name !== own)).toEqual([]);
});

it('loads no part of Node for what only some applications do', () => {
  const loaded = outputOf(LOADED) as string[];
  expect(loaded.filter((name) => LATER.includes(name))).toEqual([]);
});

function outputOf(script: string): unknown {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', env }));
}
