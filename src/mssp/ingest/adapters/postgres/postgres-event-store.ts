import type { Detection } from '../../../../contracts/detection.js';
import type { TenantId } from '../../../../contracts/tenant.js';
import type { EventIdentity } from '../../../../events/event-identity.js';
import { monthOf } from '../../domain/arrival-month.js';
import {
  EventStore,
  type BatchReceipt,
  type ChunkPosition,
  type HourCount,
  type LearnedState,
  type NewChunk,
  type PendingDetections,
  type ScanFilter,
  type ScannedChunk,
  type SettledBatch,
  type StoredBatch,
  type StoredRecord,
} from '../../domain/event-store.js';
import type { IngestAnswer } from '../../domain/ingest-answer.js';
import type { PoisonEvent } from '../../domain/poison-event.js';
import { INSPECTED, LEARNED_FROM } from '../batch-marks.js';
import { packBlockAside } from '../chunk-block.js';
import { toHourCounts, toReceipt } from '../counted-events.js';
import { MonthSeal } from '../month-seal.js';
import type { TenantCiphers } from '../tenant-ciphers.js';
import { appendStatements, learnedStatement } from './append-statements.js';
import { countStatements, settleStatements } from './event-statements.js';
import type { EventSessions } from './event-sessions.js';
import { lastQuestion } from './event-turn.js';
import { askIdentities, identityMonths } from './identities.js';
import { markInspected } from './mark-inspected.js';
import { fromMonthNumber } from './month-number.js';
import { batchesAfter, countChunks, scanChunks, type Ask } from './read-chunks.js';
import {
  answerQuestion,
  countsQuestion,
  existsQuestion,
  findRecord,
  readPending,
  readUninspected,
  receiptQuestions,
  recountQuestion,
  toRecounted,
} from './read-events.js';

/**
 * Events of all tenants in PostgreSQL, in tables that they share, kept apart by row-level security. What writes has the tenant's turn, on whichever machine;
 * what reads waits for nobody.
 */
export class PostgresEventStore extends EventStore {
  private readonly known = new Set<TenantId>();

  /** @param sessions are closed with this. */
  constructor(
    private readonly sessions: EventSessions,
    private readonly ciphers: TenantCiphers,
  ) {
    super();
  }

  async duplicatesAmong(tenant: TenantId, identities: readonly (EventIdentity | null)[], now: number): Promise<readonly boolean[]> {
    const months = identityMonths(now, (await this.sessions.newest(tenant))?.month);
    const { flags, statements, stored } = askIdentities(this.sealOf(tenant, monthOf(now)), identities, months);
    if (statements.length === 0) return flags;
    const [rows = []] = await this.sessions.readInTurn(tenant, 'duplicates', statements);
    for (const position of stored(rows)) flags[position] = true;
    return flags;
  }

  async append(tenant: TenantId, chunk: NewChunk): Promise<void> {
    const [first] = chunk.batches;
    if (!first) return;
    const records = chunk.batches.flatMap((batch) => batch.records.map(({ bytes }) => bytes));
    const block = records.length > 0 ? await packBlockAside(records) : undefined;
    const month = monthOf(first.received_at);
    const seal = this.sealOf(tenant, month);
    await this.sessions.inTurn(tenant, async (turn) => {
      const sequence = (await turn.lastOf(month)) + (block ? 1 : 0);
      await turn.write('append', appendStatements(chunk, { month, sequence }, { seal, block }));
      if (block) turn.noteStored({ month, sequence });
    });
  }

  async find(tenant: TenantId, eventId: string): Promise<StoredRecord | undefined> {
    return findRecord(this.askOf(tenant), (month) => this.sealOf(tenant, month), eventId);
  }

  scan(tenant: TenantId, filter: ScanFilter, start: ChunkPosition | undefined): AsyncIterable<ScannedChunk> {
    return scanChunks(this.askOf(tenant), (month) => this.sealOf(tenant, month), filter, start);
  }

  async remaining(tenant: TenantId, filter: ScanFilter, position: ChunkPosition): Promise<number> {
    return countChunks(this.askOf(tenant), (month) => this.sealOf(tenant, month), filter, position);
  }

  async answerTo(
    tenant: TenantId,
    key: string,
    now: number,
  ): Promise<{ readonly digest: string; readonly answer: IngestAnswer } | undefined> {
    const { statement, toAnswer } = answerQuestion(key, now);
    const [rows = []] = await this.sessions.readInTurn(tenant, 'answer', [statement]);
    return toAnswer(rows);
  }

  async pending(tenant: TenantId): Promise<readonly PendingDetections[]> {
    return readPending(this.inTurnOf(tenant), (month) => this.sealOf(tenant, month));
  }

  async settle(tenant: TenantId, settled: readonly SettledBatch[]): Promise<void> {
    await this.write(tenant, 'settle', settleStatements(settled));
  }

  async uninspected(tenant: TenantId): Promise<readonly StoredBatch[]> {
    return readUninspected(this.inTurnOf(tenant), (month) => this.sealOf(tenant, month));
  }

  async inspected(tenant: TenantId, batchId: string, detections: readonly Detection[], poison: readonly PoisonEvent[] = []): Promise<void> {
    await this.sessions.inTurn(tenant, (turn) =>
      markInspected(turn, (month) => this.sealOf(tenant, month), { batch_id: batchId, detections, poison }),
    );
  }

  async learned(tenant: TenantId): Promise<{ readonly state: LearnedState; readonly later: AsyncIterable<StoredBatch> }> {
    const text = 'SELECT month, sequence, state FROM event_learned';
    const [rows] = await this.sessions.readInTurn(tenant, 'learned', [{ text }]);
    const [row] = rows ?? [];
    const position = row && { month: fromMonthNumber(Number(row['month'])), sequence: Number(row['sequence']) };
    const state = row?.['state'];
    const opened =
      position && state instanceof Uint8Array ? this.sealOf(tenant, position.month).open('learned', position.sequence, state) : null;
    return { state: opened, later: this.batchesAfter(tenant, position) };
  }

  async newest(tenant: TenantId): Promise<ChunkPosition | undefined> {
    return this.sessions.newest(tenant);
  }

  async lastOf(tenant: TenantId, month: string): Promise<number> {
    const [rows] = await this.sessions.readInTurn(tenant, 'last', [lastQuestion(month)]);
    return Number(rows?.[0]?.['last']);
  }

  batchesAfter(tenant: TenantId, position: ChunkPosition | undefined): AsyncIterable<StoredBatch> {
    return batchesAfter(this.inTurnOf(tenant), (month) => this.sealOf(tenant, month), position, LEARNED_FROM);
  }

  storedAfter(tenant: TenantId, position: ChunkPosition | undefined): AsyncIterable<StoredBatch> {
    return batchesAfter(this.askOf(tenant), (month) => this.sealOf(tenant, month), position, INSPECTED);
  }

  async keepLearned(tenant: TenantId, state: LearnedState): Promise<void> {
    await this.sessions.inTurn(tenant, async (turn) => {
      const { newest } = turn;
      if (newest) await turn.write('learned', [learnedStatement(state, newest, this.sealOf(tenant, newest.month))]);
    });
  }

  async counts(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]> {
    const [rows = []] = await this.sessions.read(tenant, 'counts', [countsQuestion(from, to)]);
    return toHourCounts(rows);
  }

  async recount(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]> {
    const [rows = []] = await this.sessions.read(tenant, 'recount', [recountQuestion(from, to)]);
    return toRecounted(rows);
  }

  async receiptOf(tenant: TenantId, batchId: string): Promise<BatchReceipt | undefined> {
    const statements = receiptQuestions(batchId);
    if (statements.length === 0) return undefined;
    const [batches, receipts, outbox] = await this.sessions.read(tenant, 'receipt', statements);
    return toReceipt(batchId, { batch: batches?.[0], receipt: receipts?.[0], isPending: outbox?.[0] !== undefined });
  }

  async addShed(tenant: TenantId, at: number, reason: string, events: number): Promise<void> {
    const counts = [
      { at, kind: 'received', code: '', events },
      { at, kind: 'shed', code: reason, events },
    ] as const;
    await this.write(tenant, 'shed', countStatements(counts));
  }

  async release(tenant: TenantId): Promise<void> {
    this.known.delete(tenant);
    this.sessions.release(tenant);
  }

  /** Who has something keeps having something until the tenant is let go of. */
  async exists(tenant: TenantId): Promise<boolean> {
    if (this.known.has(tenant)) return true;
    const [rows] = await this.sessions.readInTurn(tenant, 'exists', [existsQuestion]);
    const exists = rows?.[0]?.['is_there'] === true;
    if (exists) this.known.add(tenant);
    return exists;
  }

  async close(): Promise<void> {
    await this.sessions.close();
  }

  private async write(tenant: TenantId, operation: string, statements: Parameters<Ask>[1]): Promise<void> {
    if (statements.length > 0) await this.sessions.inTurn(tenant, (turn) => turn.write(operation, statements));
  }

  private askOf(tenant: TenantId): Ask {
    return (operation, statements) => this.sessions.read(tenant, operation, statements);
  }

  private inTurnOf(tenant: TenantId): Ask {
    return (operation, statements) => this.sessions.readInTurn(tenant, operation, statements);
  }

  private sealOf(tenant: TenantId, month: string): MonthSeal {
    return new MonthSeal(this.ciphers.of(tenant), `${tenant}\n${month}`);
  }
}
