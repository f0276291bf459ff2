/** What a scrape says: the common form of both exposition formats. */

export type ExpositionFormat = 'text' | 'openmetrics';

export type LabelSet = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: string;
  readonly labels: LabelSet;
  readonly value: number;
  /** The value as it was written. */
  readonly valueText: string;
  /** OpenMetrics only. */
  readonly exemplar?: { readonly labels: LabelSet; readonly value: number };
}

export interface Family {
  /** As the TYPE line says it: in OpenMetrics, a counter's ends without `_total`. */
  readonly name: string;
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: readonly Sample[];
}

export class Exposition {
  readonly samples: readonly Sample[];

  constructor(
    readonly format: ExpositionFormat,
    readonly families: ReadonlyMap<string, Family>,
  ) {
    this.samples = [...families.values()].flatMap((family) => family.samples);
  }

  /** Samples of this name whose label sets include all the given labels. */
  matching(name: string, labels: LabelSet = {}): Sample[] {
    const wanted = Object.entries(labels);
    return this.samples.filter(
      (sample) =>
        sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    );
  }

  /** The sum over `matching`; 0 when there is none. */
  sum(name: string, labels: LabelSet = {}): number {
    return this.matching(name, labels).reduce((sum, sample) => sum + sample.value, 0);
  }

  /** The value of the sample with exactly these labels, or `undefined`. */
  value(name: string, labels: LabelSet = {}): number | undefined {
    const size = Object.keys(labels).length;
    return this.matching(name, labels).find((sample) => Object.keys(sample.labels).length === size)
      ?.value;
  }

  /** Distinct values of one label of one sample name, in their order. */
  labelValues(name: string, label: string): string[] {
    return [...new Set(this.matching(name).map((sample) => sample.labels[label] ?? ''))];
  }
}

/** Tells the format by a response's content type. Throws for any that is neither. */
export function formatOf(contentType: string): ExpositionFormat {
  const [type, ...parameters] = contentType.split('; ');
  // Express writes some of its own in front.
  if (type === 'text/plain' && parameters.includes('version=0.0.4')) return 'text';
  if (type === 'application/openmetrics-text' && parameters.includes('version=1.0.0')) {
    return 'openmetrics';
  }
  throw new Error(`not the content type of an exposition: ${contentType}`);
}
