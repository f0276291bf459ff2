import * as fc from 'fast-check';
import { statementKind } from '../../../lib/outgoing/statements.js';

describe('the kind of a statement', () => {
  it.each([
    ['SELECT 1', 'SELECT'],
    ['  \n select 1', 'SELECT'],
    ['(select 1) union (select 2)', 'SELECT'],
    ['-- a comment\nINSERT INTO a VALUES (1)', 'INSERT'],
    ['/* select */ /* b */ delete from a', 'DELETE'],
    ['# mysql\nupdate a set b = 1', 'UPDATE'],
    ['with a as (select 1) select * from a', 'SELECT'],
    [
      'WITH a AS (DELETE FROM b RETURNING *), c AS (SELECT 1) INSERT INTO d SELECT * FROM a',
      'INSERT',
    ],
    ["with a as (select ') update') update b set c = 1", 'UPDATE'],
    ['execute p', 'EXEC'],
    ['desc a', 'DESCRIBE'],
    ['selected', 'OTHER'],
    ['4111111111111111', 'OTHER'],
    ['', 'OTHER'],
    ['with', 'OTHER'],
  ])('%j is %s', (sql, kind) => {
    expect(statementKind(sql)).toBe(kind);
  });

  it('is one of a fixed list, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => /^[A-Z]{2,9}$/.test(statementKind(value))),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 3000 }), (text) => {
        expect(statementKind(`with ${text}`)).toMatch(/^[A-Z]{5,8}$/);
      }),
    );
  });

  it('takes no longer for a long text', () => {
    expect(statementKind(`${'('.repeat(5_000_000)}select`)).toBe('OTHER');
    expect(statementKind(`with a as (${'/*'.repeat(1_000_000)}`)).toBe('OTHER');
  });
});
