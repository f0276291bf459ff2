import { onBothPlatforms } from '../../support/harness.js';
import { requestText } from '../../support/raw-connection.js';

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { accept: '' },
  { accept: ';;;' },
  { accept: 'application/openmetrics-text;q=' },
  { accept: 'application/openmetrics-text;q=2' },
  { accept: 'application/openmetrics-text; version="1.0.0' },
  { accept: 'a'.repeat(8000) },
  { accept: `${'text/plain;q=0.1,'.repeat(400)}` },
  { accept: 'application/json' },
  { accept: '\u00ff\u00fe' },
  { 'accept-encoding': '' },
  { 'accept-encoding': ';;;' },
  { 'accept-encoding': 'gzip;q=nothing' },
  { 'accept-encoding': 'gzip;q=0' },
  { 'accept-encoding': 'br, zstd' },
  { 'accept-encoding': ','.repeat(8000) },
];

// Malformed Accept and Accept-Encoding, 1000 name[].
onBothPlatforms('malformed headers get the text format, plain', async ({ start }) => {
  const app = await start();
  for (const headers of HEADERS) {
    const request = requestText('GET', '/metrics', { ...headers, connection: 'close' });
    const response = await (await app.raw(request)).closed;
    expect(response).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(response).toMatch(/\r\ncontent-type: text\/plain; version=0.0.4; charset=utf-8\r\n/i);
    expect(response).not.toMatch(/\r\ncontent-encoding:/i);
    expect(response).toMatch(/\nnestjs_exporter_info\{version="[^"]+"\} 1\n/);
  }
});

onBothPlatforms('1000 names are looked for, and odd queries are no error', async ({ start }) => {
  const app = await start();
  const names = Array.from({ length: 1000 }, (_, i) => `n${i}`);
  expect((await app.scrape({ names })).body).toBe('');
  const scrape = await app.scrape({ names: [...names, 'nestjs_exporter_info'] });
  expect(scrape.samples.map(({ name }) => name)).toEqual(['nestjs_exporter_info']);
  for (const query of ['name[]', 'name[]=', 'name[]=%', 'name[]=%ff', 'name[]=__proto__']) {
    const { status, body } = await app.get(`/metrics?${query}`);
    expect([query, status, body]).toEqual([query, 200, '']);
  }
  for (const query of ['', '&&&', 'name=x', 'name[0]=x', '%', '?name[]=x', '[]']) {
    const { status, body } = await app.get(`/metrics?${query}`);
    expect([query, status]).toEqual([query, 200]);
    expect(body).toContain('nestjs_exporter_info');
  }
});
