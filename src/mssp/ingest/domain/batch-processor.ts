import type { Detection } from '../../../contracts/detection.js';
import type { DetectionAgent } from '../../../contracts/detection-agent.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { Breather } from '../../../platform/clock/short-turns.js';
import { searchTerms } from '../../../events/search-terms.js';
import { knownBy } from './event-names.js';
import type { EventBatchRequest } from './event-batch-request.js';
import type { EventStore, NewBatch, NewChunk, SettledBatch } from './event-store.js';
import type { PoisonEvent } from './poison-event.js';
import type { IngestAnswer } from './ingest-answer.js';
import { LearningSchedule, type LearnedStates } from './learned-states.js';
import { NoStepTimes, type StepTimes } from './step-times.js';
import { readEvents, type ReadBatch, type ReadEvent } from './read-events.js';

/** What became of one request. */
export interface ProcessedBatch {
  readonly answer: IngestAnswer;
  readonly detections: readonly Detection[];
  /** Events that were stored and cannot be inspected. */
  readonly poison: readonly PoisonEvent[];
  /** Why inspection failed, where it did. */
  readonly failure?: unknown;
  /** The answer is that of an earlier request with the same idempotency key. */
  readonly replayed?: true;
}

interface FreshBatch {
  readonly request: EventBatchRequest;
  readonly read: ReadBatch;
  readonly fresh: readonly ReadEvent[];
}

/**
 * Turns requests into stored and inspected batches. Requests of one tenant that wait together are stored as one chunk in one transaction;
 * each is read, deduplicated, inspected and answered by itself.
 */
export class BatchProcessor {
  private readonly schedule = new LearningSchedule();

  constructor(
    private readonly store: EventStore,
    private readonly agent: DetectionAgent,
    private readonly states: LearnedStates,
    /** Begins work that lets others have their turn. */
    private readonly beginTurns: () => Breather = () => () => undefined,
    private readonly times: StepTimes = new NoStepTimes(),
  ) {}

  /**
   * Answers in the order of the requests, which arrived in one month.
   * @throws Error of the store; nothing is stored then.
   */
  async process(
    tenant: TenantId,
    requests: readonly EventBatchRequest[],
    settled: readonly SettledBatch[] = [],
  ): Promise<readonly ProcessedBatch[]> {
    const breathe = this.beginTurns();
    const terms = new Set<string>();
    const batches: NewBatch[] = [];
    const processed: ProcessedBatch[] = [];
    for (const fresh of await this.deduplicate(tenant, requests, breathe)) {
      const { detections, failure } = await this.inspect(tenant, fresh);
      for (const { event } of fresh.fresh) {
        const pause = breathe();
        if (pause) await pause;
        for (const term of searchTerms(event)) terms.add(term);
      }
      for (const { rule } of detections) terms.add(`rule:${rule.id}`);
      const answer = answerOf(tenant, fresh, detections, failure === undefined);
      const poison = poisonOf(fresh);
      batches.push(newBatch(fresh, answer, { detections, poison }));
      processed.push({ answer, detections, poison, ...(failure === undefined ? {} : { failure }) });
    }
    const chunk = { batches, terms, learned: this.learnedBy(tenant, requests, batches), settled };
    await this.times.during('append', requests, () => this.store.append(tenant, chunk));
    return processed;
  }

  private async deduplicate(tenant: TenantId, requests: readonly EventBatchRequest[], breathe: Breather): Promise<FreshBatch[]> {
    const read: Omit<FreshBatch, 'fresh'>[] = [];
    for (const request of requests) {
      read.push({ request, read: await this.times.during('read', [request], () => readEvents(request, breathe)) });
    }
    const identities = read.flatMap(({ request, read: { events } }) =>
      events.map(({ event }) => knownBy(event.identity, event.index, request.names)),
    );
    const now = Math.max(...requests.map(({ receivedAt }) => receivedAt));
    const duplicate = await this.store.duplicatesAmong(tenant, identities, now);
    let position = 0;
    return read.map((batch) => ({ ...batch, fresh: batch.read.events.filter(() => duplicate[position++] !== true) }));
  }

  private async inspect(
    tenant: TenantId,
    { request, fresh }: FreshBatch,
  ): Promise<{ readonly detections: readonly Detection[]; readonly failure?: unknown }> {
    const poison = new Set(request.poison?.map(({ index }) => index));
    const events = fresh.map(({ event }) => event).filter(({ index }) => !poison.has(index));
    if (events.length === 0) return { detections: [] };
    try {
      const received_at = new Date(request.receivedAt).toISOString();
      const batch = { batch_id: request.batchId, received_at, events };
      return { detections: await this.times.during('detect', [request], () => this.agent.inspect(tenant, batch)) };
    } catch (failure) {
      return { detections: [], failure: failure ?? new Error('inspection failed') };
    }
  }

  private learnedBy(tenant: TenantId, requests: readonly EventBatchRequest[], batches: readonly NewBatch[]): NewChunk['learned'] {
    const events = batches.reduce((sum, { records }) => sum + records.length, 0);
    const [first] = requests;
    return events > 0 && first && this.schedule.isDue(tenant, first.receivedAt, events) ? this.states.snapshot(tenant) : undefined;
  }
}

/** What is known of events that are stored now; duplicates were kept when they were stored. */
function poisonOf({ request, fresh }: FreshBatch): readonly PoisonEvent[] {
  return request.poison?.filter(({ index }) => fresh.some(({ event }) => event.index === index)) ?? [];
}

function newBatch(
  { request, fresh }: FreshBatch,
  answer: IngestAnswer,
  { detections, poison }: Pick<NewBatch, 'detections' | 'poison'>,
): NewBatch {
  return {
    batch_id: request.batchId,
    received_at: request.receivedAt,
    correlation_id: request.correlationId,
    source: request.declared,
    records: fresh.map(({ event, slice }) => ({
      index: event.index,
      bytes: request.body.subarray(slice.start, slice.end),
      time: event.time,
      identity: knownBy(event.identity, event.index, request.names),
    })),
    inspected: answer.inspected,
    detections,
    poison,
    answer,
    idempotency: request.idempotency,
  };
}

function answerOf(
  tenant: TenantId,
  { request, read, fresh }: FreshBatch,
  detections: readonly Detection[],
  inspected: boolean,
): IngestAnswer {
  return {
    status: 'accepted',
    batch_id: request.batchId,
    tenant_id: tenant,
    correlation_id: request.correlationId,
    received: request.slices.length,
    accepted: fresh.length,
    duplicates: read.events.length - fresh.length,
    rejected: read.rejected,
    inspected,
    alerts_raised: detections.length,
    rate_limit_remaining: request.rateLimitRemaining,
  };
}
