import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import type { Family } from '../../../lib/exposition/family.js';
import type { Format } from '../../../lib/exposition/format.js';
import { PROTOBUF_FORMAT } from '../../../lib/exposition/protobuf-format.js';
import { TEXT_FORMAT } from '../../../lib/exposition/text-formats.js';
import { renderExposition } from '../../../lib/exposition/render.js';
import { gaugeModeOf, type GaugeLike } from '../../../lib/multiprocess/gauge-mode.js';
import type { MultiprocessMode } from '../../../lib/metrics/multiprocess-mode.js';
import { MultiprocessSource } from '../../../lib/multiprocess/multiprocess-source.js';
import { ProcessWriter } from '../../../lib/multiprocess/process-writer.js';
import {
  fileNameOf,
  ownIdentity,
  type ProcessIdentity,
} from '../../../lib/multiprocess/files/identity.js';
import { Troubles } from '../../../lib/multiprocess/troubles.js';
import type { AnyRegistry } from '../../../lib/options/prometheus-options.js';
import { OwnMetrics } from '../../../lib/registry/own-metrics.js';
import type { AnyMetric } from '../../../lib/metrics/make-metric.js';
import type { Exposition } from '../../support/exposition.js';
import { parseExposition } from '../../support/parse-exposition.js';
import {
  readProtobuf,
  type ReadHistogram,
  type ReadProtobufFamily,
} from '../../support/read-protobuf.js';

function modeOf(gauge: GaugeLike): MultiprocessMode {
  return gaugeModeOf(gauge, '');
}

function fail(metric: string, error: unknown): never {
  throw new Error(`${metric}: ${String(error)}`);
}

/** One process' registry and writer, without the process. */
export class Member {
  readonly registry: AnyRegistry = new Registry();
  readonly metrics = new OwnMetrics(this.registry);
  readonly writer: ProcessWriter;
  readonly source: MultiprocessSource;

  constructor(directory: string, troubles: Troubles, identity = ownIdentity()) {
    const { registry } = this;
    this.metrics.start();
    const prefix = 'nestjs_';
    const options = { registry, directory, prefix, modeOf, troubles, identity };
    this.writer = new ProcessWriter(options);
    this.source = new MultiprocessSource({
      directory,
      writer: this.writer,
      prefix,
      troubles,
    });
  }

  /** Of its file in the directory. */
  get fileName(): string {
    return fileNameOf(this.writer.fileId, 'process');
  }

  use<M extends AnyMetric>(metric: M): M {
    return this.metrics.use(metric);
  }
}

/** A shared directory that is gone when the test is over, and what was said about it. */
export class SharedDirectory {
  readonly path = mkdtempSync(join(tmpdir(), 'multiprocess-test-'));
  readonly warnings: string[] = [];
  readonly counted: string[] = [];
  readonly troubles = new Troubles(
    (cause) => this.counted.push(cause),
    (message) => this.warnings.push(message),
  );
  /** Shows all processes and is none. */
  readonly source = new MultiprocessSource({ directory: this.path, troubles: this.troubles });

  readonly #members: Member[] = [];

  member(identity?: ProcessIdentity): Member {
    const member = new Member(this.path, this.troubles, identity);
    this.#members.push(member);
    return member;
  }

  scrape(source: MultiprocessSource = this.source): Promise<Exposition> {
    return scrape(source);
  }

  async remove(): Promise<void> {
    for (const { writer, source } of this.#members) {
      await writer.close();
      await source.idle();
    }
    await this.source.idle();
    rmSync(this.path, { recursive: true, force: true });
  }
}

export async function scrape(source: MultiprocessSource): Promise<Exposition> {
  return parseExposition((await bodyOf(source, TEXT_FORMAT)).toString(), 'text');
}

/** What a protobuf scrape shows. */
export async function scrapeProtobuf(source: MultiprocessSource): Promise<ReadProtobufFamily[]> {
  return readProtobuf(await bodyOf(source, PROTOBUF_FORMAT));
}

async function bodyOf(source: MultiprocessSource, format: Format): Promise<Buffer> {
  const families: Family[] = [];
  for await (const family of source.families(fail, { milliseconds: 1000 })) families.push(family);
  const chunks: Buffer[] = [];
  for await (const chunk of renderExposition(families, { format })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a histogram has for one value of its only label. */
export function histogramOf(
  families: readonly ReadProtobufFamily[],
  name: string,
  label: string,
): ReadHistogram | undefined {
  const metrics = families.find((family) => family.name === name)?.metric ?? [];
  return metrics.find((metric) => metric.label[0]?.value === label)?.histogram;
}
