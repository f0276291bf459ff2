import { onBothPlatforms } from '../../support/harness.js';
import { expectEmptyLabel } from './odd-label.js';

const thrown: readonly (readonly [string, unknown])[] = [
  ['an error', new Error('no label')],
  ['a text', 'no label'],
  ['nothing', undefined],
  ['an object without a prototype', Object.create(null)],
];

describe.each(thrown)('a label function that throws %s', (_, error) => {
  onBothPlatforms('leaves the response alone and is counted', (context) =>
    expectEmptyLabel(context, () => {
      throw error;
    }),
  );
});
