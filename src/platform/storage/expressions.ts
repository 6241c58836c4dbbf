import { sql, type RawBuilder } from 'kysely';

/** The smaller of two columns, in the words that every engine knows. Null where either is. */
export function lesser(one: string, other: string): RawBuilder<number> {
  const [a, b] = [sql.ref(one), sql.ref(other)];
  return sql<number>`CASE WHEN ${a} < ${b} THEN ${a} WHEN ${a} >= ${b} THEN ${b} END`;
}

/** The larger of two columns. Null where either is. */
export function greater(one: string, other: string): RawBuilder<number> {
  const [a, b] = [sql.ref(one), sql.ref(other)];
  return sql<number>`CASE WHEN ${a} > ${b} THEN ${a} WHEN ${a} <= ${b} THEN ${b} END`;
}

/** What a value in a list of rows is, where nothing else tells an engine so. */
type ValueType = 'text' | 'bigint' | 'double precision';

/** One row of a list of `VALUES`, each value with its type. */
export function typed(...values: readonly (readonly [ValueType, string | number | null])[]): RawBuilder<unknown> {
  return sql`(${sql.join(values.map(([type, value]) => sql`CAST(${value} AS ${sql.raw(type)})`))})`;
}
