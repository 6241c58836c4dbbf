import type { Insertable, Transaction } from 'kysely';
import { slices } from '../../../platform/storage/slices.js';
import type { CaseTables } from './case-tables.js';

/** Inserts rows in slices, leaving alone those that are there already; answers how many were new. */
export async function insertNewRows<Table extends keyof CaseTables>(
  trx: Transaction<CaseTables>,
  table: Table,
  rows: readonly Insertable<CaseTables[Table]>[],
): Promise<number> {
  let inserted = 0;
  for (const slice of slices(rows)) {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto(table)
      .values(slice)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    inserted += Number(numInsertedOrUpdatedRows ?? 0n);
  }
  return inserted;
}
