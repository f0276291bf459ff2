import { acceptsGzip, negotiateFormat } from '../../../lib/exposition/negotiation.js';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_2_OLD =
  'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const PROMETHEUS_3_NATIVE = `application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,${PROMETHEUS_3}`;

describe('negotiateFormat', () => {
  it.each([
    PROMETHEUS_2,
    PROMETHEUS_2_OLD,
    PROMETHEUS_3,
    PROMETHEUS_3_NATIVE,
    'application/openmetrics-text',
    'Application/OpenMetrics-Text; Version="1.0.0"',
    'application/*',
    'text/plain;q=0.5, application/openmetrics-text;q=0.6',
    'text/plain;q=0, */*',
    ', ,application/openmetrics-text;; q=1.000 ,,',
    'text/plain;version=1.0.0, application/openmetrics-text;q=0.1',
    'text/plain;note="a,b;q=0";q=0.1, application/openmetrics-text;q=0.2',
  ])('answers %p with OpenMetrics', (accept) => {
    expect(negotiateFormat(accept).contentType).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
  });

  it.each([
    undefined,
    '',
    '*/*',
    'text/plain',
    'text/*',
    'application/json',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/plain,application/openmetrics-text',
    'application/openmetrics-text;q=0',
    'application/openmetrics-text;version=2.0.0',
    'application/openmetrics-text;version=2.0.0,*/*;q=0.1',
    'application/openmetrics-text;version=1.0.0;q=0.2,application/openmetrics-text,text/plain;q=0.5',
    // Malformed.
    'application/openmetrics-text;q=abc',
    'application/openmetrics-text;q=1.5',
    'application/openmetrics-text;q=-1',
    'application/openmetrics-text;version="1.0.0',
    'application/openmetrics-text;version',
    'application/openmetrics-text text/plain',
    'application/openmetrics-text, %%%;;==',
    'text/html, image/gif, *; q=.2, */*; q=.2',
    '\u0000',
  ])('answers %p with text', (accept) => {
    expect(negotiateFormat(accept).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});

describe('acceptsGzip', () => {
  it.each(['gzip', 'deflate, GZIP;q=0.5', 'x-gzip', '*', 'br, *;q=0.1', 'identity, gzip;q=0.001'])(
    '%p: yes',
    (header) => expect(acceptsGzip(header)).toBe(true),
  );

  it.each([
    undefined,
    '',
    'identity',
    'br',
    'gzip;q=0',
    'gzip;q=0.000, *',
    '*;q=0',
    'gzip;q=x',
    'gzip;;q',
    'gzip deflate',
  ])('%p: no', (header) => expect(acceptsGzip(header)).toBe(false));
});
