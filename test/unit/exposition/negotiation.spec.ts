import {
  acceptsGzip,
  negotiateFormat,
  negotiateTextFormat,
} from '../../../lib/exposition/negotiation.js';

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

const PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

describe('protobuf', () => {
  it.each([
    PROTOBUF,
    PROMETHEUS_3_NATIVE,
    // Prometheus 2.42 with native histograms; its weights are no constants of anybody.
    `${PROTOBUF},application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    `text/plain;q=0.001, ${PROTOBUF};q=0.002`,
    `APPLICATION/vnd.google.Protobuf; PROTO="io.prometheus.client.MetricFamily"; Encoding=delimited`,
  ])('is the answer to %p', (accept) => {
    expect(negotiateFormat(accept).contentType).toBe(
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
    );
  });

  it.each([
    'application/vnd.google.protobuf',
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text',
    'application/vnd.google.protobuf;proto=io.prometheus.write.v2.Request;encoding=delimited',
    `${PROTOBUF};q=0`,
    `${PROTOBUF};q=0.5, text/plain;q=0.5`,
    `${PROTOBUF};q=0.5, text/plain`,
    `${PROTOBUF};q=2`,
  ])('is not the answer to %p', (accept) => {
    expect(negotiateFormat(accept).format.name).toBe('text');
  });

  it('is never chosen where the body has to be text', () => {
    expect(negotiateTextFormat(PROTOBUF).format.name).toBe('text');
    expect(negotiateTextFormat(PROMETHEUS_3_NATIVE).format.name).toBe('openmetrics');
  });
});

describe('the escaping scheme', () => {
  it.each([
    [
      PROMETHEUS_3,
      'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8',
    ],
    [
      `${PROTOBUF};escaping=values`,
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=values',
    ],
    ['text/plain;escaping=dots', 'text/plain; version=0.0.4; charset=utf-8; escaping=dots'],
    [
      'text/plain;escaping=underscores',
      'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    ],
    // Unknown, and that of another member.
    ['text/plain;escaping=mine', 'text/plain; version=0.0.4; charset=utf-8'],
    [
      'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.9,text/plain;version=0.0.4',
      'text/plain; version=0.0.4; charset=utf-8',
    ],
    ['application/json;escaping=dots', 'text/plain; version=0.0.4; charset=utf-8'],
  ])('of %p is repeated in %p', (accept, contentType) => {
    expect(negotiateFormat(accept).contentType).toBe(contentType);
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
