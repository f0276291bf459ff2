/** Stands for whatever begins with no statement that is known. */
export const OTHER_STATEMENT = 'OTHER';

/** First words of SQL statements that become label values: a fixed list, so that nothing leaks. */
const STATEMENTS: ReadonlySet<string> = new Set([
  'ALTER',
  'ANALYZE',
  'BEGIN',
  'CALL',
  'COMMIT',
  'CREATE',
  'DECLARE',
  'DELETE',
  'DESCRIBE',
  'DROP',
  'EXEC',
  'EXPLAIN',
  'GRANT',
  'INSERT',
  'KILL',
  'LOAD',
  'LOCK',
  'MERGE',
  'OPTIMIZE',
  'RELEASE',
  'RENAME',
  'REPLACE',
  'REVOKE',
  'ROLLBACK',
  'SAVEPOINT',
  'SELECT',
  'SET',
  'SHOW',
  'START',
  'TRUNCATE',
  'UNLOCK',
  'UPDATE',
  'USE',
  'VALUES',
]);

/** Words that have a shorter form in the list. */
const SYNONYMS: Readonly<Record<string, string>> = { DESC: 'DESCRIBE', EXECUTE: 'EXEC' };

/** Comments and parentheses that may stand in front of a statement. */
const IN_FRONT = /^(?:\s|;|\(|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*[^]*?\*\/)+/;
const WORD = /^[a-z]+/i;

/** How far a text is looked at, in characters: statements can be megabytes long. */
const LONGEST_START = 2000;

/**
 * The kind of an SQL statement: its first word in upper case. A common table expression (`WITH`) is
 * the statement that follows it.
 *
 * @example
 * statementKind('select * from users'); // 'SELECT'
 */
export function statementKind(sql: unknown): string {
  if (typeof sql !== 'string') return OTHER_STATEMENT;
  const text = sql.slice(0, LONGEST_START).replace(IN_FRONT, '');
  const word = WORD.exec(text)?.[0].toUpperCase() ?? '';
  if (word === 'WITH') return afterExpressions(text);
  const kind = SYNONYMS[word] ?? word;
  return STATEMENTS.has(kind) ? kind : OTHER_STATEMENT;
}

const MAIN_STATEMENT = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE|REPLACE|VALUES)\b/i;

/** The first statement outside all parentheses and quotes. */
function afterExpressions(text: string): string {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === "'" || character === '"' || character === '`') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (depth === 0 && /\s|\)/.test(text[i - 1] ?? ' ')) {
      const found = MAIN_STATEMENT.exec(text.slice(i, i + 8));
      if (found !== null) return found[0].toUpperCase();
    }
  }
  return OTHER_STATEMENT;
}
