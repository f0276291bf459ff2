import { onBothPlatforms } from '../../support/harness.js';
import { expectEmptyLabel } from './odd-label.js';

const circular: Record<string, unknown> = {};
circular['self'] = circular;

const values: readonly (readonly [string, () => unknown])[] = [
  ['a symbol', () => Symbol('label')],
  ['a circular object', () => circular],
  ['a circular list', () => [circular]],
  ['an object without a prototype', () => Object.create(null)],
  ['a function', () => () => 'label'],
  ['an object that is no text', () => ({ toString: () => ({}) })],
  ['a promise that is rejected', () => Promise.reject(new Error('no label'))],
];

describe.each(values)('a label function that gives %s', (_, odd) => {
  onBothPlatforms('leaves the response alone and is counted', (context) =>
    expectEmptyLabel(context, odd),
  );
});
