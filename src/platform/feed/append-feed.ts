import { randomBytes } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { slices } from '../storage/slices.js';
import type { FeedEntry } from './feed-event.js';
import type { FeedTables } from './feed-tables.js';

/** Entries of one row: what is read to resume in the middle of a large batch is bounded by it. */
const ENTRIES_OF_PAGE = 100;
/** How much of a tenant's feed is kept: whoever resumes from further back reads the lists again. */
const ENTRIES_KEPT = 50_000;
const KEPT_MS = 24 * 3_600_000;

/**
 * Adds to the tenant's feed in the transaction of what it tells of, as its last statements; stir its readers once that is committed.
 * @param now milliseconds since the epoch.
 */
export async function appendFeed<Tables extends FeedTables>(
  transaction: Transaction<Tables>,
  entries: readonly FeedEntry[],
  now: number,
): Promise<void> {
  if (entries.length === 0) return;
  const trx = transaction as unknown as Transaction<FeedTables>;
  const { head, oldest, since } = await endsOf(trx);
  const mark = randomBytes(12).toString('hex');
  const pages = Array.from({ length: Math.ceil(entries.length / ENTRIES_OF_PAGE) }, (_, page) => {
    const start = page * ENTRIES_OF_PAGE;
    const part = entries.slice(start, start + ENTRIES_OF_PAGE);
    return { first: head + start + 1, last: head + start + part.length, at: now, mark, entries: JSON.stringify(part) };
  });
  for (const slice of slices(pages)) await trx.insertInto('feed_page').values(slice).execute();
  const until = { seq: head + entries.length - ENTRIES_KEPT, at: now - KEPT_MS };
  if (oldest !== null && since !== null && (oldest <= until.seq || since < until.at)) await trim(trx, until);
}

async function endsOf(
  trx: Transaction<FeedTables>,
): Promise<{ readonly head: number; readonly oldest: number | null; readonly since: number | null }> {
  const { rows } = await sql<{ head: number | null; oldest: number | null; since: number | null }>`SELECT
    (SELECT max(last) FROM feed_page) AS head,
    (SELECT min(last) FROM feed_page) AS oldest,
    (SELECT at FROM feed_page ORDER BY last LIMIT 1) AS since`.execute(trx);
  return { head: rows[0]?.head ?? 0, oldest: rows[0]?.oldest ?? null, since: rows[0]?.since ?? null };
}

/** Looks from the oldest page on, and no further than to the first that stays. */
async function trim(trx: Transaction<FeedTables>, until: { readonly seq: number; readonly at: number }): Promise<void> {
  await sql`DELETE FROM feed_page WHERE last <
    (SELECT last FROM feed_page WHERE last > ${until.seq} AND at >= ${until.at} ORDER BY last LIMIT 1)`.execute(trx);
}
