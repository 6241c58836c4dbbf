import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { EventPipeline } from '../ingest/domain/event-pipeline.js';
import { isBeginning, type CopyProgress, type Progress } from './domain/copy-progress.js';
import type { EventLake } from './domain/event-lake.js';
import { RecordsCopy, type RecordSources, type RecordsStep } from './records-copy.js';

/** Records are looked for this often. */
const RECORDS_EVERY_MS = 2_000;
/** That nothing is left to copy is written down this often. */
const NOTE_EVERY_MS = 60_000;

/** What copying works with. */
export interface CopyParts {
  /** What progress is kept under. */
  readonly name: string;
  readonly lake: EventLake;
  readonly pipeline: Pick<EventPipeline, 'slice'>;
  readonly records: RecordSources;
  readonly progress: CopyProgress;
  readonly clock: Clock;
}

/** What one step has copied. */
export interface CopyStep {
  readonly events: number;
  readonly unreadable: number;
  /** Everything that there is has been copied; `false` means that there is more, or that something is not inspected yet. */
  readonly isComplete: boolean;
  /** Everything that had arrived until then is copied, milliseconds since the epoch; null before that was so once. */
  readonly completeUntil: number | null;
}

/**
 * Copies a tenant's events, audit records and alerts into its place in the lake, step by step. How far it has come is noted after each step, so that what a stop
 * interrupts is copied again, which the lake reads once.
 */
export class TenantCopy {
  private readonly prepared = new Set<TenantId>();
  private readonly records: RecordsCopy;
  /** When records of a tenant were last looked for and all of them copied, by the clock that is never set. */
  private readonly recordsAt = new Map<TenantId, number>();

  constructor(private readonly parts: CopyParts) {
    this.records = new RecordsCopy(parts.lake, parts.records);
  }

  /** Copies some events, and records. @throws LakeRefused, OutboundUnavailable, PipelineUnavailable */
  async step(tenant: TenantId): Promise<CopyStep> {
    const { name, lake, pipeline, progress, clock } = this.parts;
    const now = clock.now();
    const before = await progress.read(tenant, name);
    if (isBeginning(before)) this.forget(tenant);
    if (!this.prepared.has(tenant)) {
      await lake.prepare(tenant);
      this.prepared.add(tenant);
    }
    const { events, next, unreadable, isLast } = await pipeline.slice(tenant, before.events);
    if (events.length > 0) await lake.write(tenant, events);
    const { written, hasMore, ...records } = await this.copyRecords(tenant, before);
    const isComplete = isLast && !hasMore;
    const completeUntil = isComplete ? now : before.completeUntil;
    const isNews = events.length + unreadable + written > 0 || Math.abs(now - (before.completeUntil ?? 0)) > NOTE_EVERY_MS;
    if (isNews) await progress.keep(tenant, name, { events: next, ...records, completeUntil }, before);
    return { events: events.length, unreadable, isComplete, completeUntil };
  }

  /** Forgets a tenant: its place is made again where it comes back, or where all of it is to be copied again. */
  forget(tenant: TenantId): void {
    this.prepared.delete(tenant);
    this.recordsAt.delete(tenant);
    this.records.forget(tenant);
  }

  private async copyRecords(tenant: TenantId, { audit, alerts }: Progress): Promise<RecordsStep> {
    const now = performance.now();
    if (now - (this.recordsAt.get(tenant) ?? Number.NEGATIVE_INFINITY) < RECORDS_EVERY_MS)
      return { audit, alerts, written: 0, hasMore: false };
    const step = await this.records.step(tenant, { audit, alerts });
    if (!step.hasMore) this.recordsAt.set(tenant, now);
    return step;
  }
}
