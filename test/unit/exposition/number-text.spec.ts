import { canonicalNumber, parseNumber, valueText } from '../../../lib/exposition/number-text.js';

describe('canonicalNumber', () => {
  it.each([
    [0, '0.0'],
    [-0, '0.0'],
    [0.001, '0.001'],
    [0.1, '0.1'],
    [0.95, '0.95'],
    [1, '1.0'],
    [-1, '-1.0'],
    [1.7, '1.7'],
    [10, '10.0'],
    [100000, '100000.0'],
    [123456, '123456.0'],
    [123456.5, '123456.5'],
    [1e6, '1e+06'],
    [1234567, '1.234567e+06'],
    [1e10, '1e+10'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [1e-9, '1e-09'],
    [1e-10, '1e-10'],
    [1.5e-7, '1.5e-07'],
    [1e100, '1e+100'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('%p is %s', (value, text) => {
    expect(canonicalNumber(value)).toBe(text);
  });
});

describe('valueText', () => {
  it.each([
    [1, '1'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e21, '1e+21'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('%p is %s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });
});

describe('parseNumber', () => {
  it.each([
    ['1', 1],
    ['1.0', 1],
    ['+.5', 0.5],
    ['1e+06', 1e6],
    ['+Inf', Infinity],
    ['Infinity', Infinity],
    ['-inf', -Infinity],
    ['', NaN],
    [' 1', NaN],
    ['0x10', NaN],
    ['1,5', NaN],
    ['abc', NaN],
  ])('%p is %p', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});
