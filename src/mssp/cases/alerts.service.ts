import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Alert } from '../../contracts/alert.js';
import type { Feedback } from '../../contracts/feedback.js';
import { LearningAgent } from '../../contracts/learning-agent.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { TenantCaller } from '../../platform/auth/caller.decorator.js';
import { Clock } from '../../platform/clock/clock.js';
import { toPage, type Page } from '../../platform/http/page.js';
import { positionIn, sortOf } from '../../platform/http/sort.js';
import { timeBounds } from '../../platform/http/time-bounds.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { invalid, notFound, Problem, staleVersion } from '../../platform/problems/problem.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import type { FeedbackBody, FeedbackDto, UpdateAlertBody } from './alert-change.dto.js';
import type { AlertListQuery } from './alert-list.dto.js';
import type { ExplanationDto } from './alert.dto.js';
import { stampOf } from './caller-stamp.js';
import { isCaseId } from './case-ids.js';
import { nextAlertStatuses } from './domain/alert-status.js';
import { alertPosition, AlertStore } from './domain/alert-store.js';
import { plainText } from './domain/plain-text.js';

/** What people do with alerts. */
@Injectable()
export class AlertsService {
  private readonly logger = new Logger(AlertsService.name);

  constructor(
    private readonly alerts: AlertStore,
    private readonly learning: LearningAgent,
    private readonly runner: WorkRunner,
    private readonly clock: Clock,
    private readonly events: BusinessEvents,
  ) {}

  async list(tenant: TenantId, query: AlertListQuery): Promise<Page<Alert>> {
    const { cursor, limit, from, to, sort: sortedBy, ...filters } = query;
    const sort = sortOf(sortedBy);
    const after = cursor === undefined ? {} : { after: positionIn(cursor, sort.by) };
    return toPage(await this.alerts.list(tenant, { ...filters, ...timeBounds(from, to), ...after, sort, limit }), limit, (alert) =>
      alertPosition(alert, sort),
    );
  }

  /** @throws Problem 404 */
  async get(tenant: TenantId, alertId: string): Promise<Alert> {
    const alert = isCaseId(alertId) ? await this.alerts.find(tenant, alertId) : undefined;
    if (!alert) throw notFound();
    return alert;
  }

  /** @throws Problem 404, 409 where the version is stale, 422 where the status cannot follow or no version is given. */
  async update(caller: TenantCaller, alertId: string, body: UpdateAlertBody, version: number | undefined): Promise<Alert> {
    const alert = await this.get(caller.tenant, alertId);
    if (version === undefined) throw invalid([{ pointer: '/version', code: 'required', detail: 'the version read, here or in If-Match' }]);
    if (version !== alert.version) throw staleVersion(alert.version);
    const { status = alert.status, assignee = alert.assignee } = body;
    if (status !== alert.status && !nextAlertStatuses(alert.status).includes(status)) {
      const detail = `from ${alert.status} the status can become ${nextAlertStatuses(alert.status).join(' or ')}`;
      throw invalid([{ pointer: '/status', code: 'illegal_transition', detail }]);
    }
    if (status === alert.status && assignee === alert.assignee) return alert;
    const changed = await this.alerts.update(caller.tenant, alert, { status, assignee }, stampOf(caller, this.clock.now()));
    if (!changed) throw staleVersion((await this.get(caller.tenant, alertId)).version);
    this.runner.wake(caller.tenant);
    return changed;
  }

  /** Keeps feedback and has it learned; where learning is away it is learned later. @throws Problem 404 */
  async giveFeedback(caller: TenantCaller, alertId: string, { verdict, comments }: FeedbackBody): Promise<FeedbackDto> {
    const { tenant, principal, correlationId } = caller;
    const alert = await this.get(tenant, alertId);
    const now = this.clock.now();
    const given: Feedback = {
      feedback_id: uuidv7(),
      alert_id: alert.alert_id,
      rule_id: alert.rule.id,
      verdict,
      comments: plainText(comments),
      analyst: principal.subject,
      at: new Date(now).toISOString(),
      correlation_id: correlationId,
    };
    const kept = await this.alerts.keepFeedback(tenant, given, stampOf(caller, now));
    this.events.feedbackTaken(tenant, kept);
    const learned = await this.learning.learn(tenant, kept).catch((error: unknown) => {
      this.logger.warn(
        { err: error, event: 'feedback.deferred', feedback_id: kept.feedback_id },
        'feedback is kept and will be learned later',
      );
      return null;
    });
    this.runner.wake(tenant);
    return { ...kept, learned };
  }

  /** @throws Problem 404, 409 while the alert has no verdict. */
  async explain(tenant: TenantId, alertId: string): Promise<ExplanationDto> {
    const { alert_id, verdict, rule, detector, rarity, indicator_confidence } = await this.get(tenant, alertId);
    if (!verdict) throw new Problem('conflict', 'The alert has no verdict yet; ask again in a moment.');
    const { classification, score, confidence, model_version } = verdict;
    return {
      alert_id,
      classification,
      score,
      confidence,
      contributions: [...verdict.contributions],
      reasons: [...verdict.reasons],
      counterfactuals: [...verdict.counterfactuals],
      model_version,
      rule,
      detector,
      rarity,
      indicator_confidence,
    };
  }
}
