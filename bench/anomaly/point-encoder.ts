/** Counts a text in its column once more and returns how often it was there. */
export type TextCounter = (column: number, text: string) => number;

/**
 * Makes rows of numbers and texts points, by one rule that looks at no name: a number stands for itself (the forest draws its cuts where the
 * values lie, so no scale has to be known), a text for how rare it has been in its column, in bits.
 */
export function pointEncoder(count: TextCounter): (row: readonly (number | string)[]) => Float64Array {
  let rows = 0;
  return (row) => {
    rows++;
    return Float64Array.from(row, (value, column) => (typeof value === 'number' ? value : Math.log2((rows + 1) / count(column, value))));
  };
}
