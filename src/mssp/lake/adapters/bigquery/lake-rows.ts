import type { StoredRecord } from '../../../ingest/domain/event-store.js';
import type { DeclaredFormat } from '../../../ingest/domain/submission.js';
import type { LakeEvent, LakeRecord } from '../../domain/lake-event.js';
import { timestampOf, type LakeRow } from './lake-tables.js';

/** An answered row: texts as they came, by column. */
export type AnsweredRow = Readonly<Record<string, unknown>>;

/** An event as a row. @param copiedAt milliseconds since the epoch */
export function eventRow(event: LakeEvent, copiedAt: number): LakeRow {
  const { batch_id, index, received_at, time, source, normalized, terms, rules, raw } = event;
  const { format, action, outcome, host, user, src_ip, dst_ip, domain, url, process, command_line } = normalized;
  const texts = { action, outcome, host, user, src_ip, dst_ip, domain, url, process, command_line };
  return {
    id: `${batch_id}.${index}`,
    values: {
      batch_id,
      idx: index,
      received_at,
      event_time: timestampOf(time),
      event_ms: time,
      copied_at: copiedAt,
      source,
      format,
      ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text?.toWellFormed() ?? null])),
      terms: terms.map((term) => term.toWellFormed()),
      rules,
      normalized: JSON.stringify(normalized),
      raw,
    },
  };
}

/** @param row of a query that selects a stored record's columns */
export function storedRecord(row: AnsweredRow): StoredRecord {
  return {
    batch_id: String(row['batch_id']),
    index: Number(row['idx']),
    received_at: Number(row['received_ms']),
    source: String(row['source']) as DeclaredFormat,
    raw: String(row['raw']),
    rules: (row['rules'] as readonly string[] | undefined) ?? [],
  };
}

/** A record as a row. @param copiedAt milliseconds since the epoch */
export function recordRow({ kind, id, at, body }: LakeRecord, copiedAt: number): LakeRow {
  return {
    id: `${kind}:${id}`,
    values: { kind, id, record_time: timestampOf(at), record_ms: at, copied_at: copiedAt, body: JSON.stringify(body) },
  };
}

export function lakeRecord(row: AnsweredRow): LakeRecord {
  return {
    kind: row['kind'] as LakeRecord['kind'],
    id: String(row['id']),
    at: Number(row['record_ms']),
    body: JSON.parse(String(row['body'])) as LakeRecord['body'],
  };
}
