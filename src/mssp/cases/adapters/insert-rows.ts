import type { Insertable, Transaction } from 'kysely';
import type { CaseTables } from './case-tables.js';

const ROWS_AT_ONCE = 500;

/** Inserts rows in slices, leaving alone those that are there already; answers how many were new. */
export async function insertNewRows<Table extends keyof CaseTables>(
  trx: Transaction<CaseTables>,
  table: Table,
  rows: readonly Insertable<CaseTables[Table]>[],
): Promise<number> {
  let inserted = 0;
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto(table)
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    inserted += Number(numInsertedOrUpdatedRows ?? 0n);
  }
  return inserted;
}
