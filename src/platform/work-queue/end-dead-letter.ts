import { sql, type Transaction } from 'kysely';
import type { WorkTables } from './work-tables.js';

/** How many ends of dead letters are kept, so that what became of one can be told. */
const ENDS_KEPT = 10_000;

/** Keeps what became of a dead letter that is about to go, in the transaction that removes it. */
export async function endDeadLetter(
  trx: Transaction<WorkTables>,
  { id, outcome, at }: { readonly id: string; readonly outcome: 'done' | 'discarded'; readonly at: number },
): Promise<void> {
  await sql`INSERT INTO dead_letter_end (dead_letter_id, outcome, at) VALUES (${id}, ${outcome}, ${at})
    ON CONFLICT (dead_letter_id) DO UPDATE SET outcome = excluded.outcome, at = excluded.at`.execute(trx);
  await sql`DELETE FROM dead_letter_end WHERE dead_letter_id <=
    (SELECT dead_letter_id FROM dead_letter_end ORDER BY dead_letter_id DESC LIMIT 1 OFFSET ${ENDS_KEPT})`.execute(trx);
}
