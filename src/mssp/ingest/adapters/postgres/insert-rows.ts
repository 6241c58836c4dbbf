import type { Statement } from '../../../../platform/storage/postgres/scoped-session.js';

type ColumnType = 'bigint' | 'text';

/** Inserts rows, however many, by one statement; none where there are no rows. @param conflict what is done where a row is there already. */
export function insertRows<Column extends string>(
  table: string,
  columns: Readonly<Record<Column, ColumnType>>,
  rows: readonly Readonly<Record<NoInfer<Column>, string | number | null>>[],
  conflict = '',
): readonly Statement[] {
  if (rows.length === 0) return [];
  const names = Object.keys(columns) as Column[];
  const arrays = names.map((name, position) => `$${position + 1}::${columns[name]}[]`);
  const values = names.map((name) => rows.map((row) => toValue(row[name])));
  return [{ text: `INSERT INTO ${table} (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')}) ${conflict}`, values }];
}

/** PostgreSQL's texts have no NUL. */
function toValue(value: string | number | null): string | number | null {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
