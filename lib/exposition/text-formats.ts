import { openMetricsName, openMetricsNames, sampleNamesOf, unitOf } from '../metrics/names.js';
import type { Block, BlockWriter, Format } from './format.js';
import { HistogramBlock } from './histogram-lines.js';
import { SampleBlock } from './sample-lines.js';
import type { Sink } from './sink.js';
import { SummaryBlock } from './summary-lines.js';
import { ValueBlock } from './value-lines.js';

/**
 * The Prometheus text format.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export const TEXT_FORMAT: Format = {
  name: 'text',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  asks: 'anything',
  allows: () => true,
  reservedNames: (name, type) => [...new Set([name, ...sampleNamesOf(name, type)])],
  begin(block, sink) {
    const { name, type, help } = block;
    if (help !== '') sink.text(`# HELP ${name} ${escapedHelp(help)}\n`);
    sink.text(`# TYPE ${name} ${type === 'unknown' ? 'untyped' : type}\n`);
    return linesOf(block, sink, false);
  },
  end: () => undefined,
};

/**
 * OpenMetrics 1.0.
 *
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export const OPENMETRICS_FORMAT: Format = {
  name: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  asks: 'openmetrics',
  allows: (name, type) => type !== 'counter' || !['', name].includes(openMetricsName(name, type)),
  reservedNames: openMetricsNames,
  begin(block, sink) {
    const { type, help } = block;
    const name = openMetricsName(block.name, type);
    if (help !== '') sink.text(`# HELP ${name} ${escapedHelp(help).replaceAll('"', '\\"')}\n`);
    sink.text(`# TYPE ${name} ${type}\n`);
    const unit = unitOf(name, type);
    if (unit !== '') sink.text(`# UNIT ${name} ${unit}\n`);
    return linesOf(block, sink, true);
  },
  end: (sink) => sink.text('# EOF\n'),
};

/** `\` and line feed escaped, which is all that a help text needs in the text format. */
function escapedHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function linesOf(block: Block, sink: Sink, isOpenMetrics: boolean): BlockWriter {
  const { content, type, names } = block;
  if (!('family' in content)) {
    return new SampleBlock(content, names, isOpenMetrics ? type : 'unknown', sink);
  }
  const exemplars = isOpenMetrics && type !== 'unknown';
  const options = { names, exemplars, infinity: isOpenMetrics };
  switch (content.family.type) {
    case 'histogram':
      return new HistogramBlock(content, options, sink);
    case 'summary':
      return new SummaryBlock(content, options, sink);
    default:
      return new ValueBlock(content, options, sink);
  }
}
