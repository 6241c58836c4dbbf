import { Injectable } from '@nestjs/common';
import type { Detection } from '../../contracts/detection.js';
import type { TenantId } from '../../contracts/tenant.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { Problem } from '../../platform/problems/problem.js';
import { IngestLimiter, type IngestDecision } from '../../platform/rate-limit/ingest-limiter.js';
import { AlertDelivery } from './alert-delivery.js';
import { EventPipeline, type Ingested } from './domain/event-pipeline.js';
import type { IngestAnswer } from './domain/ingest-answer.js';
import type { Submission } from './domain/submission.js';
import { submissionProblem } from './submission-problem.js';

/** An answer and the headers that go with it. */
export interface AnsweredSubmission {
  readonly answer: IngestAnswer;
  readonly replayed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes submissions: limits, stores and inspects them, raises their alerts, and only then answers. */
@Injectable()
export class IngestService {
  constructor(
    private readonly pipeline: EventPipeline,
    private readonly limiter: IngestLimiter,
    private readonly alerts: AlertDelivery,
    private readonly metrics: Metrics,
  ) {}

  /** @throws Problem for what is refused as a whole. */
  async take(tenant: TenantId, submission: Submission): Promise<AnsweredSubmission> {
    let decision: IngestDecision | undefined;
    const admit = async (events: number): Promise<number> => {
      decision = await this.admit(tenant, submission.receivedAt, events);
      return decision.remaining;
    };
    try {
      const ingested = await this.pipeline.ingest(tenant, submission, admit);
      const answer = ingested.replayed ? ingested.answer : await this.finish(tenant, ingested);
      decision ??= await this.limiter.look(tenant);
      return { answer, replayed: ingested.replayed, headers: decision?.headers ?? {} };
    } catch (error) {
      throw submissionProblem(error);
    }
  }

  private async finish(tenant: TenantId, { answer, detections }: Ingested): Promise<IngestAnswer> {
    this.count(tenant, answer, detections);
    if (detections.length === 0) return answer;
    const { batch_id, correlation_id } = answer;
    const received_at = arrivalOf(batch_id);
    const alerts_raised = await this.alerts.deliver(tenant, { batch_id, received_at, correlation_id }, detections);
    return { ...answer, alerts_raised };
  }

  /** Events that are turned away for their rate are counted as shed, so that the hour's balance still closes. */
  private async admit(tenant: TenantId, at: number, events: number): Promise<IngestDecision> {
    try {
      return await this.limiter.admit(tenant, events);
    } catch (error) {
      if (error instanceof Problem && error.type === 'rate-limited') this.pipeline.shed(tenant, at, 'rate_limited', events);
      throw error;
    }
  }

  private count(tenant: TenantId, answer: IngestAnswer, detections: readonly Detection[]): void {
    this.metrics.eventsIngested.inc({ tenant_id: tenant }, answer.accepted);
    if (answer.duplicates > 0) this.metrics.eventsDuplicate.inc({ tenant_id: tenant }, answer.duplicates);
    for (const { code } of answer.rejected) this.metrics.eventsRejected.inc({ tenant_id: tenant, code });
    for (const { severity } of detections) this.metrics.anomaliesDetected.inc({ tenant_id: tenant, severity });
    if (!answer.inspected) this.metrics.eventsUninspected.inc({ tenant_id: tenant }, answer.accepted);
  }
}

/** A batch id holds the time of its arrival (RFC 9562, UUID version 7). */
function arrivalOf(batchId: string): string {
  return new Date(Number.parseInt(batchId.slice(0, 8) + batchId.slice(9, 13), 16)).toISOString();
}
