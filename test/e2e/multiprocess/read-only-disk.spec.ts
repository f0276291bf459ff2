import { Processes } from './support/processes.js';

const processes = new Processes();
afterAll(() => processes.close());

describe('startMetricsServer() where nothing can be written', () => {
  it('names the directory, and what to set', async () => {
    // Nobody can make a directory there, root neither.
    const env = { TMPDIR: '/proc', PROMETHEUS_MULTIPROC_DIR: undefined };
    const primary = processes.startWithoutWaiting('primary', env);
    expect((await primary.exit)[0]).not.toBe(0);
    expect(primary.output).toMatch(
      /startMetricsServer: expected a directory .* got '\/proc' .*`emptyDir`.*`directory` or in PROMETHEUS_MULTIPROC_DIR/,
    );
  });
});
