import type { Generated, Transaction } from 'kysely';
import type { Revocation } from './revocation.js';

/** The revocations' part of the platform's database. */
export interface RevocationTables {
  revocation: { seq: Generated<number>; kind: string; subject: string; at: number; until: number };
}

/** Writes a revocation in the transaction of the change that it belongs to. */
export async function addRevocation<Tables extends RevocationTables>(
  transaction: Transaction<Tables>,
  { kind, subject, at, until }: Revocation,
): Promise<void> {
  const trx = transaction as unknown as Transaction<RevocationTables>;
  await trx.insertInto('revocation').values({ kind, subject, at, until }).execute();
}
