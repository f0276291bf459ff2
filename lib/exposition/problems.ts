/**
 * Why samples were left out:
 * - `name`: the name of the sample is not legal
 * - `label`: a label name is not legal, or the labels could not be read
 * - `value`: the value is not a number
 * - `duplicate`: the family has another sample of the same name and labels
 * - `clash`: an earlier family has samples of the same name
 */
export type ExpositionFault = 'name' | 'label' | 'value' | 'duplicate' | 'clash';

/** Samples of one family that were left out of a body for one reason. */
export interface ExpositionProblem {
  readonly family: string;
  readonly fault: ExpositionFault;
  /** Name of the first of them. */
  readonly sample: string;
  /** How many were left out; for a `clash`, how many sample names. */
  readonly count: number;
}

/** Gathers what was left out, so that it is reported once a family and reason. */
export class Problems {
  readonly #found = new Map<string, ExpositionProblem>();

  add(family: string, fault: ExpositionFault, sample: string): void {
    const key = `${fault} ${family}`;
    const known = this.#found.get(key);
    this.#found.set(key, {
      family,
      fault,
      sample: known?.sample ?? sample,
      count: (known?.count ?? 0) + 1,
    });
  }

  report(listener: ((problem: ExpositionProblem) => void) | undefined): void {
    if (listener !== undefined) for (const problem of this.#found.values()) listener(problem);
  }
}
