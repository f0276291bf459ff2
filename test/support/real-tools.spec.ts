import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Judges } from './judges.js';
import { PrometheusServer } from './prometheus.js';
import { TextProxy } from './text-proxy.js';
import { describeWithRealTools } from './with-real-tools.js';

const TEXT = '# HELP a_total A "counter".\n# TYPE a_total counter\na_total{l="x\\ny"} 3\n';
const OPENMETRICS = '# TYPE a counter\na_total{l="x\\ny"} 3\n# EOF\n';

describeWithRealTools('judges of expositions', (tools) => {
  const judges = new Judges(tools);

  it('promtool takes what is right, and remarks on what is not', async () => {
    await judges.promtoolCheck(TEXT);
    await expect(judges.promtoolCheck('a{ 1\n')).rejects.toThrow('parsing error');
    await expect(judges.promtoolCheck(TEXT.replace(/_total/g, ''))).rejects.toThrow('_total');
    await judges.promtoolCheck(TEXT.replace(/_total/g, ''), [/should have "_total" suffix/]);
  });

  it('the Python parsers read samples as they were sent', async () => {
    const samples = [{ name: 'a_total', labels: { l: 'x\ny' }, value: 3 }];
    for (const [body, format] of [
      [TEXT, 'text'],
      [OPENMETRICS, 'openmetrics'],
    ] as const) {
      expect(await judges.pythonParse(body, format)).toMatchObject([{ name: 'a', samples }]);
    }
    const infinite = await judges.pythonParse('# TYPE g gauge\ng{value="1"} -Inf\n', 'text');
    expect(infinite[0]?.samples).toEqual([{ name: 'g', labels: { value: '1' }, value: -Infinity }]);
    await expect(judges.pythonParse('# TYPE g gauge\ng 1\n', 'openmetrics')).rejects.toThrow('EOF');
    await expect(judges.pythonParse('a{ 1\n', 'text')).rejects.toThrow('text parser');
  });
});

describeWithRealTools('a Prometheus server', (tools) => {
  it('stores what it scrapes, in the format that it is made to ask for', async () => {
    const accepted = new Set<string>();
    let value = 1;
    const app = createServer((request, response) => {
      const asked = request.headers.accept ?? '';
      const openMetrics = asked.startsWith('application/openmetrics-text');
      accepted.add(openMetrics ? 'openmetrics' : asked);
      const type = openMetrics ? 'application/openmetrics-text; version=1.0.0' : 'text/plain';
      response.setHeader('content-type', type);
      response.end(`# TYPE g gauge\ng ${value}\n${openMetrics ? '# EOF\n' : ''}`);
    });
    app.listen(0, '127.0.0.1');
    await once(app, 'listening');
    const target = `127.0.0.1:${(app.address() as AddressInfo).port}`;
    const proxy = await TextProxy.start(`http://${target}`);
    const prometheus = await PrometheusServer.start(tools.prometheus, [
      { job: 'direct', target },
      { job: 'text', target: proxy.target },
    ]);
    try {
      value = 2;
      for (const job of ['direct', 'text']) {
        await prometheus.waitForScrapeAfter(job);
        expect(await prometheus.lastError(job)).toBe('');
        expect(await prometheus.value(`up{job="${job}"}`)).toBe(1);
        expect(await prometheus.value(`g{job="${job}"}`)).toBe(2);
      }
      expect(accepted).toEqual(new Set(['openmetrics', 'text/plain;version=0.0.4']));
      expect(await prometheus.query('nothing')).toEqual([]);
      await expect(prometheus.query('((')).rejects.toThrow('parse error');
    } finally {
      await prometheus.stop();
      await proxy.close();
      app.closeAllConnections();
      app.close();
    }
  });

  it('tells why it does not start', async () => {
    const job = { job: 'a', target: 'http://no-url-here' };
    await expect(PrometheusServer.start(tools.prometheus, [job])).rejects.toThrow(
      'Prometheus ended',
    );
  });
});
