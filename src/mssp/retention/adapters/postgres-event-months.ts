import type { TenantId } from '../../../contracts/tenant.js';
import type { EventSessions } from '../../ingest/adapters/postgres/event-sessions.js';
import { fromMonthNumber, toMonthNumber } from '../../ingest/adapters/postgres/month-number.js';
import { EventMonths, type StoredMonth } from '../domain/event-months.js';

/** Tables with events of a month, in the order in which they are removed: the counters last, which tell that there is such a month. */
const TABLES = [
  'event_filter',
  'event_block',
  'event_chunk',
  'event_batch',
  'event_identity',
  'event_outbox',
  'event_poison',
  'event_receipt',
  'event_answer',
  'event_learned',
  'event_hour',
] as const;
/** Rows that one transaction removes, so that each ends soon. */
const AT_ONCE = 5_000;

/** Events in PostgreSQL by month. A month is removed by rows; nobody stores events of the tenant meanwhile. */
export class PostgresEventMonths extends EventMonths {
  constructor(private readonly sessions: EventSessions) {
    super();
  }

  async list(tenant: TenantId): Promise<readonly string[]> {
    const [rows = []] = await this.sessions.readInTurn(tenant, 'months', [
      { text: 'SELECT DISTINCT month FROM event_hour ORDER BY month' },
    ]);
    return rows.map((row) => fromMonthNumber(Number(row['month'])));
  }

  async look(tenant: TenantId, month: string): Promise<StoredMonth> {
    const values = [toMonthNumber(month)];
    const [[sums] = [], [waiting] = []] = await this.sessions.readInTurn(tenant, 'month', [
      {
        text: `SELECT (SELECT coalesce(sum(records), 0) FROM event_chunk WHERE month = $1) AS events,
          (SELECT coalesce(max(sequence), 0) FROM event_chunk WHERE month = $1) AS last,
          (SELECT coalesce(sum(octet_length(body)), 0) FROM event_block WHERE month = $1) AS bytes`,
        values,
      },
      {
        text: `SELECT EXISTS (SELECT 1 FROM event_outbox WHERE month = $1) OR EXISTS (SELECT 1 FROM event_poison WHERE month = $1)
          OR EXISTS (SELECT 1 FROM event_batch WHERE month = $1 AND inspected = 0) AS waits`,
        values,
      },
    ]);
    const of = (name: string): number => Number(sums?.[name]);
    return { month, events: of('events'), bytes: of('bytes'), last: of('last'), isUnfinished: waiting?.['waits'] === true };
  }

  async remove(tenant: TenantId, month: string): Promise<void> {
    await this.sessions.inTurn(tenant, async (turn) => {
      for (const table of TABLES) {
        const text = `WITH gone AS (DELETE FROM ${table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM ${table} WHERE month = $1 LIMIT ${AT_ONCE})) RETURNING 1)
          SELECT count(*) AS removed FROM gone`;
        for (let removed = AT_ONCE; removed === AT_ONCE;) {
          const [rows] = await turn.write('remove', [{ text, values: [toMonthNumber(month)] }]);
          removed = Number(rows?.[0]?.['removed']);
        }
      }
    });
  }
}
