import type { Transaction } from 'kysely';
import { greater, lesser } from '../../../platform/storage/expressions.js';
import { slices } from '../../../platform/storage/slices.js';
import type { AlertDraft } from '../domain/alert-draft.js';
import { entityKey } from '../domain/entity-key.js';
import type { CaseSeal } from './case-seal.js';
import type { CaseTables } from './case-tables.js';
import { insertNewRows } from './insert-rows.js';

const HOUR_MS = 3_600_000;

/** Writes what alerts are found by: their entities and techniques, and the tactics seen on their entities. */
export async function indexAlerts(trx: Transaction<CaseTables>, seal: CaseSeal, alerts: readonly AlertDraft[]): Promise<void> {
  await insertNewRows(
    trx,
    'alert_entity',
    alerts.flatMap(({ alert_id, event_ms, document }) =>
      document.entities.map((entity) => ({ entity: seal.key(entityKey(entity)), rule_id: document.rule.id, event_ms, alert_id })),
    ),
  );
  await insertNewRows(
    trx,
    'alert_technique',
    alerts.flatMap(({ alert_id, document }) => document.techniques.map((technique) => ({ technique, alert_id }))),
  );
  await indexTactics(trx, seal, alerts);
}

async function indexTactics(trx: Transaction<CaseTables>, seal: CaseSeal, alerts: readonly AlertDraft[]): Promise<void> {
  const rows = new Map<string, CaseTables['entity_tactic']>();
  for (const { event_ms, document } of alerts) {
    const hour = Math.floor(event_ms / HOUR_MS);
    for (const entity of document.entities.map((each) => seal.key(entityKey(each)))) {
      for (const tactic of document.tactics) {
        const key = `${hour} ${tactic} ${entity}`;
        const row = rows.get(key) ?? { entity, tactic, hour, first_ms: event_ms, last_ms: event_ms };
        rows.set(key, { ...row, first_ms: Math.min(row.first_ms, event_ms), last_ms: Math.max(row.last_ms, event_ms) });
      }
    }
  }
  for (const slice of slices([...rows.values()])) {
    await trx
      .insertInto('entity_tactic')
      .values(slice)
      .onConflict((conflict) =>
        conflict.columns(['entity', 'hour', 'tactic']).doUpdateSet({
          first_ms: lesser('entity_tactic.first_ms', 'excluded.first_ms'),
          last_ms: greater('entity_tactic.last_ms', 'excluded.last_ms'),
        }),
      )
      .execute();
  }
}
