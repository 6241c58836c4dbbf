const ROWS_AT_ONCE = 500;

/** Cuts rows, or ids to look for, into what one statement takes: a database bounds how many parameters there may be. */
export function slices<T>(rows: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, i) => rows.slice(i * ROWS_AT_ONCE, (i + 1) * ROWS_AT_ONCE));
}
