import type { Transaction } from 'kysely';
import type { Alert } from '../../../contracts/alert.js';
import { currentSpan } from '../../../platform/observability/tracing/active-span.js';
import { slices } from '../../../platform/storage/slices.js';
import { enqueueWork } from '../../../platform/work-queue/enqueue-work.js';
import type { AlertHappening, AlertMessage } from '../domain/alert-message.js';
import { PUBLISH } from '../domain/case-work.js';
import { alertOfRow } from './alert-rows.js';
import type { CaseOwner } from './case-files.js';
import type { CaseSeal } from './case-seal.js';
import type { AlertMessageRow, AlertRow, CaseTables } from './case-tables.js';
import { insertNewRows } from './insert-rows.js';

/** What happened to an alert, as its row now holds it. */
export interface ToldRow {
  readonly row: AlertRow;
  readonly event: AlertHappening;
  /** Of the request that caused it; the alert's own where left out. */
  readonly correlation_id?: string;
  /** The trace that it was caused in; where left out, the one that this is stored in. */
  readonly traceparent?: string | null | undefined;
}

/**
 * Keeps what happened to alerts until it is published, and enqueues that, in the transaction in which it happened; nothing where alerts are not published.
 * There is one item an alert, so that an alert's messages leave one after another however many there are.
 * @param now milliseconds since the epoch.
 */
export async function tellOfAlerts(trx: Transaction<CaseTables>, owner: CaseOwner, told: readonly ToldRow[], now: number): Promise<void> {
  if (!owner.publishes || told.length === 0) return;
  const messages = told.map((each) => messageOf(owner, each));
  await insertNewRows(
    trx,
    'alert_message',
    messages.map((message) => messageRow(owner.seal, message)),
  );
  const work = messages.map(({ alert: { alert_id: key }, correlation_id, traceparent }) => {
    return { kind: PUBLISH, key, payload: {}, correlation_id, traceparent };
  });
  await enqueueWork(trx, work, now);
}

/** Reads rows of alerts, to tell what happened to them. */
export async function alertRows(trx: Transaction<CaseTables>, ids: readonly string[]): Promise<readonly AlertRow[]> {
  const rows: AlertRow[] = [];
  for (const slice of slices(ids)) rows.push(...(await trx.selectFrom('alert').selectAll().where('alert_id', 'in', slice).execute()));
  return rows;
}

/** The message that a row holds. */
export function messageOfRow({ seal }: CaseOwner, row: AlertMessageRow): AlertMessage {
  const { alert_id, version, event, correlation_id, traceparent, document } = row;
  const alert = JSON.parse(seal.open(document, placeOf(alert_id, version))) as Alert;
  return { alert, event, correlation_id, traceparent };
}

function messageOf(owner: CaseOwner, { row, event, correlation_id, traceparent }: ToldRow): AlertMessage {
  const alert = alertOfRow(owner, row);
  const trace = traceparent === undefined ? currentSpan()?.traceparent || null : traceparent;
  return { alert, event, correlation_id: correlation_id ?? alert.correlation_id, traceparent: trace };
}

function messageRow(seal: CaseSeal, { alert, event, correlation_id, traceparent }: AlertMessage): AlertMessageRow {
  const { alert_id, version } = alert;
  return { alert_id, version, event, correlation_id, traceparent, document: seal.close(JSON.stringify(alert), placeOf(alert_id, version)) };
}

function placeOf(alertId: string, version: number): string {
  return `alert ${alertId} message ${version}`;
}
