import { patienceOf } from '../../../lib/scrape/scraper-patience.js';

it.each([
  ['10', 9500, 9750],
  ['1.5', 1000, 1250],
  ['0.5', 0, 250],
  ['0.1', 0, 50],
])('a scraper that waits %s s has %d ms for collectors and %d ms for all', (header, ...times) => {
  expect(Object.values(patienceOf(header))).toEqual(times);
});

it.each([undefined, '', '0', '-3', 'NaN', 'soon', '5, 5', '5s'])('%j is no limit', (header) => {
  expect(patienceOf(header)).toEqual({ toCollect: Infinity, inAll: Infinity });
});
