import type { FamilyType } from '../metrics/names.js';
import type { CheckedSample } from './checked-samples.js';
import { exemplarText } from './exemplar.js';
import type { BlockWriter, SampleContent } from './format.js';
import { valueText } from './number-text.js';
import type { Sink } from './sink.js';

/** Writes the lines of a client metric. */
export class SampleBlock implements BlockWriter {
  /**
   * @param names sample names that are wanted
   * @param type decides which samples can have exemplars; those without a type have none
   */
  constructor(
    private readonly content: SampleContent,
    private readonly names: ReadonlySet<string>,
    private readonly type: FamilyType,
    private readonly sink: Sink,
  ) {}

  get length(): number {
    return this.content.labelSets.length;
  }

  write(index: number): void {
    let lines = '';
    for (const sample of this.content.labelSets[index]?.samples ?? []) {
      if (!this.names.has(sample.name)) continue;
      lines += sampleLine(sample, canHaveExemplar(this.type, sample.name));
    }
    this.sink.text(lines);
  }

  end(): void {}
}

/** Exemplars stand on counters and on buckets. */
export function canHaveExemplar(type: FamilyType, sampleName: string): boolean {
  return type === 'counter' || (type === 'histogram' && sampleName.endsWith('_bucket'));
}

function sampleLine(sample: CheckedSample, withExemplar: boolean): string {
  const { name, value, labelText, bound, exemplar } = sample;
  const separator = labelText === '' || bound.text === '' ? '' : ',';
  const labels = labelText + separator + bound.text;
  const after = withExemplar && exemplar != null ? exemplarText(exemplar) : '';
  return `${name}${labels === '' ? '' : `{${labels}}`} ${valueText(value)}${after}\n`;
}
