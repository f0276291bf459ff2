import { escapeHelp, type Format } from './format.js';
import { sampleNamesOf } from './names.js';

/**
 * The Prometheus text format.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export const TEXT_FORMAT: Format = {
  name: 'text',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  strict: false,
  end: '',

  allows: () => true,

  header(name, type, help) {
    const helpLine = help === '' ? '' : `# HELP ${name} ${escapeHelp(help)}\n`;
    return `${helpLine}# TYPE ${name} ${type === 'unknown' ? 'untyped' : type}\n`;
  },

  reservedNames: (name, type) => [...new Set([name, ...sampleNamesOf(name, type)])],
};
