import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { verifyAuditFile } from '../../src/platform/audit/verify-audit-file.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import type { BuiltApp } from './built-app.js';
import { isMarked, RULE_ID, TENANT, type SentBatches } from './sent-batches.js';

const SAMPLE = 200;

/** How what is stored differs from what was acknowledged; empty lists where it does not. */
export interface StoreFaults {
  /** Acknowledged and not stored. */
  readonly lost: readonly string[];
  /** Stored and never sent, or stored twice. */
  readonly unexpected: readonly string[];
  /** Stored as something else than was sent, or not as the rule would have it. */
  readonly altered: readonly string[];
  /** Received − stored − duplicates − rejected − shed. */
  readonly remainder: number;
}

/** Reads the API with the rights of an analyst. @throws Error where it is not answered 200. */
async function reader(app: BuiltApp, tenant: string): Promise<<T>(path: string) => Promise<T>> {
  const headers = { Authorization: `Bearer ${await app.token(tenant, 'analyst')}` };
  return async <T>(path: string): Promise<T> => {
    const answer = await fetch(app.baseUrl + path, { headers });
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
}

/**
 * Holds what is stored against what was acknowledged. Every id is looked for in the list of events, with its host and rules; of a sample the
 * original is compared byte for byte.
 * @param sent all that was sent; what was not acknowledged may be stored or not.
 */
export async function storeFaults(app: BuiltApp, sent: SentBatches, tenant: string = TENANT): Promise<StoreFaults> {
  const read = await reader(app, tenant);
  const expected = sent.acknowledged;
  const sentRaws = new Set(sent.unanswered.flatMap(({ events }) => events));
  const seen = new Set<string>();
  const [unexpected, altered]: [string[], string[]] = [[], []];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: { event_id: string; rules: string[]; normalized: { host: string } }[]; next_cursor: string | null } = await read(
      `/api/v1/events?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    for (const { event_id: id, rules, normalized } of page.items) {
      const raw = expected.get(id);
      if (raw === undefined) {
        const stored = await read<{ raw: string }>(`/api/v1/events/${id}`);
        if (!sentRaws.has(stored.raw)) unexpected.push(id);
        continue;
      }
      if (seen.has(id)) unexpected.push(id);
      seen.add(id);
      if (!raw.includes(`"${normalized.host}"`) || rules.includes(RULE_ID) !== isMarked(raw)) altered.push(id);
    }
    cursor = page.next_cursor;
  }
  const ids = [...expected.keys()];
  const step = Math.max(1, Math.floor(ids.length / SAMPLE));
  for (let at = 0; at < ids.length; at += step) {
    const id = ids[at] ?? '';
    if (seen.has(id) && (await read<{ raw: string }>(`/api/v1/events/${id}`)).raw !== expected.get(id)) altered.push(id);
  }
  const { remainder } = await read<{ remainder: number }>('/api/v1/accounting');
  return { lost: ids.filter((id) => !seen.has(id)), unexpected, altered, remainder };
}

/** What has nothing wrong. */
export const NO_FAULTS: StoreFaults = { lost: [], unexpected: [], altered: [], remainder: 0 };

/** Every database file of a data directory that is not sound, as SQLite sees it, and every audit log whose chain is broken. */
export function unsoundFiles(dataDir: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const db = new DatabaseSync(file);
    try {
      const result = db
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => String(row['integrity_check']))
        .join('; ');
      if (result !== 'ok') return [`${file.slice(dataDir.length + 1)}: ${result}`];
      const hasLog = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_log'").get() !== undefined;
      const fault = hasLog ? verifyAuditFile(file).fault : undefined;
      return fault ? [`${file.slice(dataDir.length + 1)}: record ${fault.index} ${fault.reason}`] : [];
    } finally {
      db.close();
    }
  });
}

/** Ids of the events that alerts of the rule stand for, one entry an alert, sorted; several where an event was raised twice. */
export function raisedFor(dataDir: string): string[] {
  const db = new DatabaseSync(join(tenantDirectoryPath(dataDir, TENANT), 'cases.db'), { readOnly: true, timeout: 5_000 });
  try {
    const rows = db.prepare('SELECT evidence, count FROM alert WHERE rule_id = ?').all(RULE_ID);
    return eventsOf(rows);
  } finally {
    db.close();
  }
}

/** Ids of the events that rows of the table of alerts stand for, sorted; several where an event was raised twice. */
export function eventsOf(alerts: readonly Record<string, unknown>[]): string[] {
  return alerts
    .flatMap(({ evidence, count }) => {
      const ids = JSON.parse(String(evidence)) as string[];
      return Number(count) === ids.length ? ids : [...ids, ...ids];
    })
    .sort();
}

/** Alerts that were triaged more than once, by their audit records. */
export function triagedTwice(dataDir: string): string[] {
  const db = new DatabaseSync(join(tenantDirectoryPath(dataDir, TENANT), 'cases.db'), { readOnly: true, timeout: 5_000 });
  try {
    const ids = db
      .prepare("SELECT record FROM audit_log WHERE action = 'alerts.triaged'")
      .all()
      .flatMap((row) => (JSON.parse(String(row['record'])) as { details: { alert_ids: string[] } }).details.alert_ids);
    return ids.filter((id, at) => ids.indexOf(id) !== at);
  } finally {
    db.close();
  }
}
