import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { examples, fileNameOf, type Example } from './examples.js';
import { root } from './pages.js';

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly ruleId: string | null;
  readonly message: string;
}

const folder = join(root, 'build', `docs-lint-${process.pid}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('examples', () => {
  it('pass the strict rules of typescript-eslint that need types', async () => {
    const files = new Map<string, Example>();
    mkdirSync(folder, { recursive: true });
    for (const example of examples) {
      files.set(fileNameOf(example), example);
      writeFileSync(join(folder, fileNameOf(example)), example.text);
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration()));
    const script = join(import.meta.dirname, 'lint-examples.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder]);
    const findings = (JSON.parse(stdout) as Finding[]).map(({ file, line, ruleId, message }) => {
      const { page, line: start } = files.get(basename(file)) as Example;
      return `${page}:${start + line - 1}: ${ruleId ?? ''} ${message}`;
    });
    expect(findings).toEqual([]);
  }, 120_000);
});

/** Entry points of the package are the files right in lib/. */
function configuration(): object {
  const paths = {
    'nestjs-prometheus-exporter': ['../../lib/index.ts'],
    'nestjs-prometheus-exporter/*': ['../../lib/*.ts'],
  };
  return { extends: '../../tsconfig.json', compilerOptions: { paths }, include: ['*.ts'] };
}
