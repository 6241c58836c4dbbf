import type { EventFormat, NormalizedEvent } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import type { ParsedEvent } from '../../../events/parsed-event.js';
import { searchTerms } from '../../../events/search-terms.js';
import { eventIdOf } from './event-id.js';
import type { ChunkPosition, EventStore, ScanFilter, ScannedChunk, StoredRecord } from './event-store.js';

/** Where a page ended: the next one begins before this record of this chunk. */
export interface SearchPosition extends ChunkPosition {
  readonly record: number;
}

/** What is searched for: everything given must hold. */
export interface SearchCriteria {
  /** Event times, milliseconds since the epoch, both included. */
  readonly from: number;
  readonly to: number;
  readonly host?: string;
  readonly user?: string;
  readonly ip?: string;
  readonly hash?: string;
  /** A file name, or a full path. */
  readonly process?: string;
  readonly rule_id?: string;
  /** Text anywhere in the original, whatever its case. */
  readonly q?: string;
  readonly limit: number;
  readonly before?: SearchPosition;
}

/** An event in a list. */
export interface FoundEvent {
  readonly event_id: string;
  readonly batch_id: string;
  readonly time: string;
  readonly received_at: string;
  readonly format: EventFormat;
  readonly source: string;
  readonly normalized: NormalizedEvent;
  readonly rules: readonly string[];
}

/** A page of a search, newest arrival first, with what it cost and what is left to look at. */
export interface SearchResult {
  readonly items: readonly FoundEvent[];
  readonly next: SearchPosition | null;
  readonly scanned: { readonly chunks: number; readonly events: number; readonly bytes: number };
  readonly remaining: { readonly chunks: number };
}

/** How much one request may cost. */
export interface SearchBudget {
  readonly chunks: number;
  /** Says that the time is up. */
  readonly spent: () => boolean;
  /** Lets other work run between two chunks. */
  readonly pause: () => Promise<void>;
}

/** Terms that an event must have. */
export function termsOf(criteria: SearchCriteria): readonly string[] {
  const terms: string[] = [];
  for (const kind of ['host', 'user', 'ip', 'hash'] as const) {
    const value = criteria[kind];
    if (value !== undefined) terms.push(`${kind}:${value.toLowerCase()}`);
  }
  if (criteria.process !== undefined) terms.push(`process:${fileName(criteria.process.toLowerCase())}`);
  return terms;
}

/** Searches a tenant's events within a budget. */
export async function searchEvents(
  store: EventStore,
  tenant: TenantId,
  criteria: SearchCriteria,
  budget: SearchBudget,
): Promise<SearchResult> {
  const eventTerms = termsOf(criteria);
  const filter = filterOf(criteria, eventTerms);
  const items: FoundEvent[] = [];
  const scanned = { chunks: 0, events: 0, bytes: 0 };
  let next: SearchPosition | null = null;
  for await (const chunk of store.scan(tenant, filter, criteria.before)) {
    scanned.chunks += 1;
    scanned.bytes += chunk.bytes;
    const record = scanChunk(chunk, { criteria, eventTerms, items, scanned });
    if (record > 0 || items.length >= criteria.limit || scanned.chunks >= budget.chunks || budget.spent()) {
      next = { ...chunk.position, record };
      break;
    }
    await budget.pause();
  }
  if (!next) return { items, next, scanned, remaining: { chunks: 0 } };
  const chunks = (await store.remaining(tenant, filter, next)) + (next.record > 0 ? 1 : 0);
  return { items, next: chunks > 0 ? next : null, scanned, remaining: { chunks } };
}

function filterOf({ from, to, rule_id: rule }: SearchCriteria, eventTerms: readonly string[]): ScanFilter {
  return { from, to, terms: rule === undefined ? eventTerms : [...eventTerms, `rule:${rule}`] };
}

interface Scan {
  readonly criteria: SearchCriteria;
  readonly eventTerms: readonly string[];
  readonly items: FoundEvent[];
  readonly scanned: { events: number };
}

/** Adds a chunk's matches, newest first. Answers the record before which to go on, 0 where the chunk is done. */
function scanChunk(chunk: ScannedChunk, { criteria, eventTerms, items, scanned }: Scan): number {
  const { before } = criteria;
  const resumed = before !== undefined && before.month === chunk.position.month && before.sequence === chunk.position.sequence;
  for (let at = (resumed ? Math.min(before.record, chunk.count) : chunk.count) - 1; at >= 0; at -= 1) {
    if (items.length >= criteria.limit) return at + 1;
    scanned.events += 1;
    const found = matchEvent(chunk.record(at), criteria, eventTerms);
    if (found) items.push(found);
  }
  return 0;
}

/** An event as a list shows it where everything that is searched for holds. @param terms those of the criteria. */
export function matchEvent(record: StoredRecord, criteria: SearchCriteria, terms: readonly string[]): FoundEvent | undefined {
  if (criteria.rule_id !== undefined && !record.rules.includes(criteria.rule_id)) return undefined;
  if (criteria.q !== undefined && !record.raw.toLowerCase().includes(criteria.q.toLowerCase())) return undefined;
  const event = reparse(record);
  if (event === undefined || event.time < criteria.from || event.time > criteria.to) return undefined;
  if (terms.length > 0 && !hasAll(event, terms)) return undefined;
  if (criteria.process !== undefined && !runs(event, criteria.process.toLowerCase())) return undefined;
  return {
    event_id: eventIdOf(record.batch_id, record.index),
    batch_id: record.batch_id,
    time: event.normalized.time,
    received_at: new Date(record.received_at).toISOString(),
    format: event.format,
    source: record.source,
    normalized: event.normalized,
    rules: record.rules,
  };
}

/** Reads a stored event as it was read when it arrived. */
export function reparse(record: StoredRecord): ParsedEvent | undefined {
  const result = parseEvent(record.raw, { index: record.index, declared: record.source, receivedAt: record.received_at });
  return isRejection(result) ? undefined : result;
}

function hasAll(event: ParsedEvent, terms: readonly string[]): boolean {
  const present = searchTerms(event);
  return terms.every((term) => present.includes(term));
}

/** A full path must be that of the process or of its parent; a bare file name was already compared as a term. */
function runs(event: ParsedEvent, path: string): boolean {
  if (fileName(path) === path) return true;
  const { process, parent_process: parent } = event.normalized;
  return process?.toLowerCase() === path || parent?.toLowerCase() === path;
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
}
