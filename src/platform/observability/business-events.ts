import { Logger } from '@nestjs/common';
import type { ContainmentAction } from '../../contracts/containment.js';
import type { Detection } from '../../contracts/detection.js';
import type { Feedback } from '../../contracts/feedback.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { Verdict } from '../../contracts/verdict.js';
import type { Metrics } from './metrics.js';

/** What became of a batch of events. */
export interface IngestedBatch {
  readonly batch_id: string;
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly code: string }[];
  readonly inspected: boolean;
}

/** Work that is given up on. */
export interface BuriedWork {
  readonly kind: string;
  readonly key: string;
  readonly correlation_id: string;
}

/** A comparison of stored events with indicators that has ended, and its counts. */
export interface EndedRetroMatch {
  readonly retro_id: string;
  readonly state: 'done' | 'failed';
  readonly indicators: number | null;
  readonly scanned: number;
  readonly matches: number;
  readonly raised: number;
  readonly held_back: number;
  readonly passed_over: number;
}

/**
 * What happens in the business of a SOC: for each event one method, which counts it and writes its log line, so that metrics and logs never tell two stories. Lines
 * hold ids and counts alone. What one request can cause many of is written at `debug`.
 */
export class BusinessEvents {
  private readonly logger = new Logger('BusinessEvents');

  constructor(private readonly metrics: Metrics) {}

  /** A batch is durable. Begins the tenant's series, so that a rate of refusals has a zero to rise from. */
  eventsIngested(tenant: TenantId, batch: IngestedBatch): void {
    const { batch_id, received, accepted, duplicates, rejected, inspected } = batch;
    const labels = { tenant_id: tenant };
    this.metrics.eventsIngested.inc(labels, accepted);
    this.metrics.rateLimitExceeded.inc(labels, 0);
    if (duplicates > 0) this.metrics.eventsDuplicate.inc(labels, duplicates);
    for (const { code } of rejected) this.metrics.eventsRejected.inc({ ...labels, code });
    if (!inspected) this.metrics.eventsUninspected.inc(labels, accepted);
    const counts = { received, accepted, duplicates, rejected: rejected.length, inspected };
    this.logger.debug({ event: 'events.ingested', ...labels, batch_id, ...counts }, 'a batch is stored');
  }

  /** A month of stored events was removed because its time was over. */
  eventsRetired(
    tenant: TenantId,
    { month, events, bytes }: { readonly month: string; readonly events: number; readonly bytes: number },
  ): void {
    this.metrics.eventsRetired.inc({ tenant_id: tenant }, events);
    this.logger.log({ event: 'events.retired', tenant_id: tenant, month, events, bytes }, 'a month of events was kept long enough');
  }

  /** Stored events were compared with indicators. */
  retroMatchEnded(tenant: TenantId, { retro_id, state, ...ended }: EndedRetroMatch): void {
    const { matches, raised, held_back, passed_over } = ended;
    const labels = { tenant_id: tenant };
    this.metrics.retroMatches.inc({ ...labels, state });
    this.metrics.retroHits.inc({ ...labels, outcome: 'raised' }, raised);
    this.metrics.retroHits.inc({ ...labels, outcome: 'held_back' }, held_back);
    const counts = { indicators: ended.indicators, events: ended.scanned, matches, raised, held_back, passed_over };
    this.logger.log({ event: 'retro_match.ended', ...labels, retro_id, state, ...counts }, 'stored events were compared with indicators');
  }

  /** Detections of one batch. */
  detectionsRaised(tenant: TenantId, batchId: string, detections: readonly Detection[]): void {
    if (detections.length === 0) return;
    for (const { severity } of detections) this.metrics.anomaliesDetected.inc({ tenant_id: tenant, severity });
    const severities = Object.fromEntries([...Map.groupBy(detections, ({ severity }) => severity)].map(([name, of]) => [name, of.length]));
    this.logger.log({ event: 'detections.raised', tenant_id: tenant, batch_id: batchId, ...severities }, 'rules have matched');
  }

  /** An event or a batch had more detections than are kept. */
  detectionsLeftOut(tenant: TenantId, detections: number): void {
    this.metrics.detectionsLeftOut.inc({ tenant_id: tenant }, detections);
    this.logger.warn({ event: 'detections.left_out', tenant_id: tenant, detections }, 'rules have matched more often than is kept');
  }

  /** A request was refused because the tenant sends faster than it may. */
  rateLimitExceeded(tenant: TenantId): void {
    this.metrics.rateLimitExceeded.inc({ tenant_id: tenant });
    this.logger.debug({ event: 'rate_limit.exceeded', tenant_id: tenant }, 'the tenant sends faster than it may');
  }

  /** Such a request was refused before it was read. */
  ingestRefusedUnread(tenant: TenantId): void {
    this.metrics.ingestRefusedUnread.inc({ tenant_id: tenant });
    this.logger.debug({ event: 'ingest.refused_unread', tenant_id: tenant }, 'refused before it was read');
  }

  /** A request was refused because as many are under way as may be. */
  ingestSaturated(tenant: TenantId): void {
    this.metrics.ingestSaturated.inc({ tenant_id: tenant });
    this.logger.debug({ event: 'ingest.saturated', tenant_id: tenant }, 'as many requests are under way as may be');
  }

  /** An alert has its verdict. */
  alertJudged(tenant: TenantId, alertId: string, { classification, score }: Verdict): void {
    this.metrics.triageCompleted.inc({ tenant_id: tenant, classification });
    this.logger.log({ event: 'alert.judged', tenant_id: tenant, alert_id: alertId, classification, score }, 'an alert is judged');
  }

  /** A containment action, or its reversal, has come to an end. */
  containmentExecuted(action: Pick<ContainmentAction, 'tenant_id' | 'action_id' | 'incident_id' | 'kind' | 'status'>): void {
    const { tenant_id, action_id, incident_id, kind, status } = action;
    this.metrics.containmentExecuted.inc({ tenant_id, status });
    this.logger.log({ event: 'containment.concluded', tenant_id, action_id, incident_id, kind, status }, 'a containment action is over');
  }

  /** An analyst's feedback is kept. */
  feedbackTaken(tenant: TenantId, { feedback_id, alert_id, verdict }: Pick<Feedback, 'feedback_id' | 'alert_id' | 'verdict'>): void {
    this.metrics.feedbackTaken.inc({ tenant_id: tenant, verdict });
    this.logger.log({ event: 'feedback.taken', tenant_id: tenant, feedback_id, alert_id, verdict }, 'feedback is kept');
  }

  /** Work is given up on; it waits among the dead letters. */
  workDead(tenant: TenantId, { kind, key, correlation_id }: BuriedWork, failures: number, error: unknown): void {
    this.metrics.deadLetters.inc({ kind });
    const ids = { tenant_id: tenant, kind, key, correlation_id };
    this.logger.error({ err: error, event: 'work.dead', ...ids, failures }, 'work given up on');
  }

  /** A pipeline thread could not do something. */
  pipelineTrouble(event: string, tenant: TenantId | null, reason: string): void {
    this.metrics.pipelineTroubles.inc({ event });
    this.logger.error({ event, ...(tenant ? { tenant_id: tenant } : {}), reason }, 'pipeline trouble');
  }

  /** A call between services was refused for its signature. */
  serviceCallRefused(reason: string): void {
    this.metrics.serviceCallsRefused.inc({ reason });
    this.logger.debug({ event: 'service.refused', reason }, 'a call between services was refused');
  }

  /** A call between services could not be decided on. */
  serviceCallUncertain(reason: string): void {
    this.metrics.serviceCallsRefused.inc({ reason: 'uncertain' });
    this.logger.warn({ event: 'service.uncertain', reason }, 'it cannot be said whether a message came before');
  }

  /** A secret cannot be read again. @param isNew whether the reading before it succeeded; the line is written once. */
  secretUnreadable(secret: string, reason: string, isNew: boolean): void {
    this.metrics.secretRefreshFailures.inc({ secret });
    if (!isNew) return;
    this.logger.error(
      { event: 'secrets.refresh_failed', secret, reason },
      'a secret cannot be read again; its last good versions stay in force',
    );
  }

  /** A request is answered with an error of our own. */
  requestFailed(error: unknown): void {
    this.metrics.errors.inc({ kind: 'request' });
    this.logger.error({ err: error, event: 'request.failed' }, 'request failed');
  }

  /** A request is answered with 503 on purpose: something that it needs is away, or too much is under way. @param reason as the caller is told. */
  requestPutOff(reason: string): void {
    this.metrics.errors.inc({ kind: 'unavailable' });
    this.logger.warn({ event: 'request.put_off', reason }, 'request put off');
  }

  /** An exception or a rejected promise that nobody caught. @param errorId names it in the log. */
  uncaught(kind: 'exception' | 'rejection' | 'thread', errorId: string, error: unknown): void {
    this.metrics.errors.inc({ kind });
    this.logger.fatal({ err: error, event: 'error.uncaught', kind, error_id: errorId }, 'an error that nobody caught');
  }
}
