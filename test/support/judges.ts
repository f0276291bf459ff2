import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ExpositionFormat, LabelSet } from './exposition.js';
import type { RealTools } from './with-real-tools.js';

const PYTHON_READER = join(import.meta.dirname, 'read_exposition.py');

/** A family as the Python client reads it. */
export interface PythonFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly PythonSample[];
}

export interface PythonSample {
  readonly name: string;
  readonly labels: LabelSet;
  readonly value: number;
}

/** The independent readers of expositions; each rejects with what it found wrong. */
export class Judges {
  constructor(private readonly tools: Pick<RealTools, 'promtool' | 'python'>) {}

  /**
   * `promtool check metrics` of a text body. Its remarks on naming fail as its errors do.
   *
   * @param allowed remarks that are expected, on metrics of others say
   */
  async promtoolCheck(body: string, allowed: readonly RegExp[] = []): Promise<void> {
    const { stdout, stderr } = await run(this.tools.promtool, ['check', 'metrics'], body);
    const remarks = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '');
    const wrong = remarks.filter((line) => !allowed.some((pattern) => pattern.test(line)));
    if (wrong.length > 0) throw new Error(`promtool: ${wrong.join('\n')}`);
  }

  /** Reads a body with the Python client: its text parser, or its strict OpenMetrics one. */
  async pythonParse(body: string, format: ExpositionFormat): Promise<PythonFamily[]> {
    const { code, stdout, stderr } = await run(this.tools.python, [PYTHON_READER, format], body);
    if (code !== 0) throw new Error(`Python's ${format} parser: ${stderr}`);
    const families = JSON.parse(stdout) as PythonFamily[];
    return families.map((family) => ({
      ...family,
      samples: family.samples.map((sample) => ({ ...sample, value: Number(sample.value) })),
    }));
  }
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(command: string, args: readonly string[], input: string): Promise<Outcome> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // It may have seen enough before it has read all.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}
