import { parseEventId } from './event-id.js';
import { declaredFormat, type DeclaredFormat } from './submission.js';

/** An event as exported: its place in its batch, the original text, and the rules that matched it. */
export interface ExportedEvent {
  readonly index: number;
  readonly raw: string;
  readonly rules: readonly string[];
}

/** A batch as exported. Where something in it waited still, it is exported as not inspected, and is inspected again where it is imported. */
export interface ExportedBatch {
  readonly batch_id: string;
  /** Milliseconds since the epoch. */
  readonly received_at: number;
  readonly correlation_id: string;
  readonly source: DeclaredFormat;
  readonly inspected: boolean;
  readonly events: readonly ExportedEvent[];
}

/** What became of a request of which not everything was stored. */
export interface ExportedReceipt {
  readonly batch_id: string;
  readonly received_at: number;
  readonly correlation_id: string;
  readonly received: number;
  readonly duplicates: number;
  readonly rejected: Readonly<Record<string, number>>;
}

/** A count of an hour's account; `hour` in milliseconds since the epoch. */
export interface ExportedCount {
  readonly hour: number;
  readonly kind: string;
  readonly code: string;
  readonly events: number;
}

/** A line of an exported month of events. */
export type ExportedLine =
  | ({ readonly type: 'batch' } & ExportedBatch)
  | ({ readonly type: 'receipt' } & ExportedReceipt)
  | ({ readonly type: 'count' } & ExportedCount);

const MOST_EVENTS = 100_000;
const MOST_TEXT = 1_000;
/** The last time that a date can be. */
const LATEST = 8_640_000_000_000_000;
const KINDS = ['received', 'stored', 'duplicate', 'rejected', 'shed'];

/** Reads a line of an exported month. @param month of which every batch and count must be. @throws TypeError for anything that no export has. */
export function exportedLine(value: unknown, month: string): ExportedLine {
  const line = (typeof value === 'object' && value !== null ? value : {}) as Partial<ExportedLine>;
  const isKnown =
    line.type === 'count' ? isCountOf(line, month) : (line.type === 'batch' || line.type === 'receipt') && isOfMonth(line, month);
  if (!isKnown) throw new TypeError('a line is not one of an exported month of events');
  if (line.type === 'batch') return { ...(line as ExportedBatch), type: 'batch', ...checkedBatch(line) };
  if (line.type === 'receipt' && !isReceipt(line)) throw new TypeError('a receipt is not one of an export');
  return line as ExportedLine;
}

function isCountOf({ hour, kind, code, events }: Partial<ExportedCount>, month: string): boolean {
  return isIn(hour, month) && KINDS.includes(String(kind)) && isText(code) && isCount(events);
}

/** A batch's id holds the time of its arrival. */
function isOfMonth({ batch_id, received_at, correlation_id }: Partial<ExportedBatch | ExportedReceipt>, month: string): boolean {
  return isIn(received_at, month) && parseEventId(`${String(batch_id)}.0`)?.receivedAt === received_at && isText(correlation_id);
}

function isIn(time: unknown, month: string): boolean {
  return isCount(time) && Number(time) <= LATEST && new Date(Number(time)).toISOString().startsWith(month);
}

function checkedBatch({ events, source, inspected }: Partial<ExportedBatch>): Pick<ExportedBatch, 'events' | 'source' | 'inspected'> {
  if (!Array.isArray(events) || events.length === 0 || events.length > MOST_EVENTS || typeof inspected !== 'boolean') {
    throw new TypeError('a batch is not one of an export');
  }
  let before = -1;
  for (const { index, raw, rules } of events as Partial<ExportedEvent>[]) {
    const sound = isCount(index) && Number(index) > before && typeof raw === 'string' && Array.isArray(rules) && rules.every(isText);
    if (!sound) throw new TypeError('an event is not one of an export');
    before = Number(index);
  }
  return { events: events as readonly ExportedEvent[], source: declaredFormat(source, 'source'), inspected };
}

function isReceipt({ received, duplicates, rejected }: Partial<ExportedReceipt>): boolean {
  return isCount(received) && isCount(duplicates) && typeof rejected === 'object' && Object.values(rejected ?? {}).every(isCount);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MOST_TEXT;
}
