#!/usr/bin/env node
import { run } from './dashboard/command-line.js';

async function main(): Promise<void> {
  const { status, output, error } = await run(process.argv.slice(2));
  // Who reads no further, `head` say, is no error.
  process.stdout.on('error', () => undefined);
  process.stdout.write(output);
  process.stderr.write(error);
  process.exitCode = status;
}

void main();
