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

type Value = string | number | null;

/** What a value in a list of rows is, where nothing else tells an engine so. */
const CASTS = {
  text: (value: Value) => sql`CAST(${value} AS text)`,
  bigint: (value: Value) => sql`CAST(${value} AS bigint)`,
  'double precision': (value: Value) => sql`CAST(${value} AS double precision)`,
} as const;

/** One row of a list of `VALUES`, each value with its type. */
export function typed(...values: readonly (readonly [keyof typeof CASTS, Value])[]): RawBuilder<unknown> {
  return sql`(${sql.join(values.map(([type, value]) => CASTS[type](value)))})`;
}
