import { Gauge } from 'prom-client';
import type { AnyRegistry } from '../../../lib/options/prometheus-options.js';

/** A metric whose `collect()` waits until the test lets it go on. */
export class GatedMetric {
  /** How often `collect()` was called. */
  calls = 0;
  #waiting: (() => void)[] = [];
  #isOpen = false;

  constructor(
    registry: AnyRegistry,
    readonly name = 'gated',
  ) {
    const collect = async (gauge: Gauge): Promise<void> => {
      this.calls += 1;
      if (!this.#isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      gauge.set(this.calls);
    };
    const gauge: Gauge = new Gauge({
      name,
      help: 'Waits for a test.',
      registers: [registry],
      collect: () => collect(gauge),
    });
  }

  /** Ends the calls that wait; later ones do not wait. */
  open(): void {
    this.#isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Lets later calls wait again. */
  shut(): void {
    this.#isOpen = false;
  }
}
