import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { QUIET } from './project.mjs';

/**
 * A Node.js of another version, from the npm package `node`.
 *
 * @param {string} parent
 * @param {string} version a range
 * @returns {string} the program's path
 */
export function nodeBinary(parent, version) {
  const directory = join(parent, `node-${version}`);
  const program = join(directory, 'node_modules/node/bin/node');
  if (existsSync(program)) return program;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "private": true }');
  run('npm', ['install', `node@${version}`, ...QUIET], directory);
  return program;
}
