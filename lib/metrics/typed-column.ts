/** A typed array of numbers, one for each series or bucket block. */
type Column = Int8Array | Uint16Array | Int32Array | Uint32Array | Float64Array;

/** By how much a column grows. */
const GROWTH = 1.25;

/** The same column with a place at the index: a larger copy, with zeros at its end, where it has none. */
export function withPlace<C extends Column>(column: C, index: number): C {
  if (index < column.length) return column;
  const Type = column.constructor as new (length: number) => C;
  const larger = new Type(4 + Math.ceil(index * GROWTH));
  larger.set(column);
  return larger;
}
