import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { monotonicMicros } from '../../platform/clock/monotonic-micros.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { Problem } from '../../platform/problems/problem.js';
import { IngestLimiter, type IngestDecision } from '../../platform/rate-limit/ingest-limiter.js';
import { IngestWatch } from './ingest-watch.js';
import { AlertDelivery } from './alert-delivery.js';
import { EventPipeline, type Ingested } from './domain/event-pipeline.js';
import type { IngestAnswer } from './domain/ingest-answer.js';
import { RefusedBytes } from './domain/refused-bytes.js';
import type { Submission } from './domain/submission.js';
import { busy } from './request-body.js';
import { submissionProblem } from './submission-problem.js';

/** An answer and the headers that go with it. */
export interface AnsweredSubmission {
  readonly answer: IngestAnswer;
  readonly replayed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is known of a submission before it is read. */
export interface UnreadSubmission {
  /** Bytes of the body as sent, where it says so. */
  readonly declared: number | undefined;
  readonly encoded: boolean;
  /** Most events that it may have. */
  readonly mostEvents: number;
}

/** Takes submissions: limits, stores and inspects them, raises their alerts, and only then answers. */
@Injectable()
export class IngestService {
  private readonly refused = new RefusedBytes();

  constructor(
    private readonly pipeline: EventPipeline,
    private readonly limiter: IngestLimiter,
    private readonly alerts: AlertDelivery,
    private readonly events: BusinessEvents,
    private readonly watch: IngestWatch,
  ) {}

  /** Before anything is read. @throws Problem 507 where the tenant has stored as much as it may, 503 where the disk is full. */
  refuseFull(tenant: TenantId): Promise<void> {
    return this.watch.refuseFull(tenant);
  }

  /**
   * Before anything is read, of a tenant that has had much read for nothing of late: reads on only where the request is sure to be admitted.
   * Its events, which nobody has counted, are neither received nor shed.
   * @throws Problem 429
   */
  async refuseUnread(tenant: TenantId, { declared, encoded, mostEvents }: UnreadSubmission): Promise<void> {
    if (!this.refused.isLarge(declared, encoded) || !this.refused.isSpent(tenant, now())) return;
    try {
      await this.limiter.refuseUnlessFits(tenant, mostEvents);
    } catch (error) {
      this.events.ingestRefusedUnread(tenant);
      throw error;
    }
  }

  /** Counts a request that there is no room for; answers what it is told. */
  saturated(tenant: TenantId): Problem {
    this.events.ingestSaturated(tenant);
    return busy();
  }

  /** @throws Problem for what is refused as a whole. */
  async take(tenant: TenantId, submission: Submission): Promise<AnsweredSubmission> {
    let decision: IngestDecision | undefined;
    const bytes = submission.body.length;
    const done = this.watch.begin(tenant);
    const admit = async (events: number): Promise<number> => {
      decision = await this.admit(tenant, submission.receivedAt, { events, bytes });
      return decision.remaining;
    };
    try {
      const ingested = await this.pipeline.ingest(tenant, submission, admit);
      const answer = ingested.replayed ? ingested.answer : await this.finish(tenant, ingested);
      decision ??= await this.limiter.look(tenant);
      return { answer, replayed: ingested.replayed, headers: decision?.headers ?? {} };
    } catch (error) {
      throw submissionProblem(error);
    } finally {
      done();
    }
  }

  private async finish(tenant: TenantId, { answer, detections, poison }: Ingested): Promise<IngestAnswer> {
    const { batch_id, correlation_id } = answer;
    this.events.eventsIngested(tenant, answer);
    this.events.detectionsRaised(tenant, batch_id, detections);
    if (detections.length === 0 && poison.length === 0) return answer;
    const received_at = arrivalOf(batch_id);
    const alerts_raised = await this.alerts.deliver(tenant, { batch_id, received_at, correlation_id, detections, poison });
    return { ...answer, alerts_raised };
  }

  /** Events that are turned away for their rate are counted as shed, so that the hour's balance still closes. */
  private async admit(
    tenant: TenantId,
    at: number,
    { events, bytes }: { readonly events: number; readonly bytes: number },
  ): Promise<IngestDecision> {
    try {
      return await this.limiter.admit(tenant, events);
    } catch (error) {
      if (error instanceof Problem && error.type === 'rate-limited') {
        this.pipeline.shed(tenant, at, 'rate_limited', events);
        this.refused.add(tenant, bytes, now());
      }
      throw error;
    }
  }
}

function now(): number {
  return monotonicMicros() / 1_000;
}

/** A batch id holds the time of its arrival (RFC 9562, UUID version 7). */
function arrivalOf(batchId: string): string {
  return new Date(Number.parseInt(batchId.slice(0, 8) + batchId.slice(9, 13), 16)).toISOString();
}
