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

// Needs `npm run build`.
it('loads no part of Node for what only some applications do', () => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const output = execFileSync(process.execPath, ['-e', LOADED], { encoding: 'utf8', env });
  const loaded = JSON.parse(output) as string[];
  expect(loaded.filter((name) => LATER.includes(name))).toEqual([]);
});
