import type { PrometheusModuleOptions } from '../../lib/index.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { globalRegistry } from '../../lib/registry/global-registry.js';
import { pageOf, pages } from './pages.js';

/** What the start of an application with these options fails with. */
function messageFor(options: object): string {
  try {
    resolveOptions(options as PrometheusModuleOptions, { registry: globalRegistry }, () => {
      throw new Error('no warning is expected');
    });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the options are right');
}

describe('messages that the pages quote', () => {
  it('are those of wrong options', () => {
    const quoted = pages.flatMap(({ text }) => text.match(/^PrometheusModule: option .*$/gm) ?? []);
    expect(new Set(quoted)).toEqual(new Set([messageFor({ buckets: [2, 1] })]));
  });

  it('are those of Troubleshooting', () => {
    const { text } = pageOf('docs/troubleshooting.md');
    const message = messageFor({ excludePath: '/health' });
    const end = "got 'excludePath': did you mean `excludedPaths`?";
    expect(message.slice(-end.length)).toBe(end);
    expect(text).toContain(end);
  });
});
