import { bytes, cores, count, moment, perSecond, seconds, share } from '../../page/format.js';

describe('figures of the live page', () => {
  it.each<[string, string]>([
    [seconds(0), '0 s'],
    [seconds(0.000_05), '50 µs'],
    [seconds(0.0123), '12.3 ms'],
    [seconds(2.1), '2.1 s'],
    [seconds(150), '2.5 min'],
    [seconds(10_800), '3 h'],
    [bytes(512), '512 B'],
    [bytes(134_217_728), '128 MiB'],
    [share(0.1234), '12.3 %'],
    [share(NaN), '–'],
    [count(12_345), '12.3 k'],
    [perSecond(0.5), '0.5 /s'],
    [cores(0.25), '0.25 cores'],
    [cores(0.025), '0.025 cores'],
    [moment(0), '–'],
  ])('%s is what people write', (written, expected) => {
    expect(written).toBe(expected);
  });
});
