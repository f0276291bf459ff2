import type { Format } from '../exposition/format.js';
import type { ExpositionProblem } from '../exposition/problems.js';
import { renderExposition } from '../exposition/render.js';
import type { FamilySource } from '../registry/family-source.js';

/** What a scrape asks for. */
export interface ScrapeRequest {
  readonly format: Format;
  /** Names of the samples or families to keep. @default all */
  readonly names?: ReadonlySet<string> | undefined;
}

/** Writes what a source has. */
export class ScrapeService {
  /** @param onProblem told what could not be collected or written, and why */
  constructor(
    private readonly source: FamilySource,
    private readonly onProblem: (message: string) => void,
  ) {}

  /** The body of a scrape, in chunks. */
  async scrape({ format, names }: ScrapeRequest): Promise<Buffer[]> {
    const families = this.source.families((metric, error) => {
      this.onProblem(`Metric "${metric}" could not be collected: ${String(error)}`);
    });
    const chunks: Buffer[] = [];
    const { defaultLabels } = this.source;
    const onProblem = ({ family, fault, sample, count }: ExpositionProblem): void => {
      this.onProblem(`${count} of metric "${family}" left out (${fault}), first "${sample}"`);
    };
    for await (const chunk of renderExposition(families, {
      format,
      names,
      defaultLabels,
      onProblem,
    })) {
      chunks.push(chunk);
    }
    return chunks;
  }
}
