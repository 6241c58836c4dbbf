import type { Alert } from '../../contracts/alert.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { TriageAgent } from '../../contracts/triage-agent.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { BusinessEvents } from '../../platform/observability/business-events.js';
import type { Tracing } from '../../platform/observability/tracing/tracing.js';
import { WorkHandler, type WorkItem } from '../../platform/work-queue/work-item.js';
import type { AlertStore } from './domain/alert-store.js';
import { TRIAGE } from './domain/case-work.js';
import type { IncidentStore, JudgedAlert } from './domain/incident-store.js';

const ASKED_AT_ONCE = 10;

/** What triage works with. */
export interface TriageParts {
  readonly alerts: AlertStore;
  readonly incidents: IncidentStore;
  readonly agent: TriageAgent;
  readonly clock: Clock;
  readonly events: BusinessEvents;
  readonly tracing: Tracing;
  /** Says that verdicts have caused other work. */
  readonly wake: (tenant: TenantId) => void;
}

/** Has alerts judged and grouped into incidents. An agent that is away keeps its alerts waiting. */
export class TriageHandler extends WorkHandler {
  readonly kind = TRIAGE;
  override readonly batchSize = 100;

  constructor(private readonly parts: TriageParts) {
    super();
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    const { alerts, incidents, clock, events, tracing } = this.parts;
    const found = await alerts.findMany(
      tenant,
      items.map((item) => item.key),
    );
    const judged = await this.judge(
      tenant,
      found.filter((alert) => alert.verdict === null),
    );
    if (judged.length === 0) return;
    const stamp = { actor: { type: 'system', id: 'mssp' }, now: clock.now(), correlation_id: items[0]?.correlation_id ?? '' } as const;
    const start = { name: 'cases build', attributes: { 'gatra.alerts': judged.length } };
    const settled = await tracing.span(start, () => incidents.settle(tenant, judged, stamp));
    this.parts.wake(tenant);
    for (const { alert, verdict } of settled) events.alertJudged(tenant, alert.alert_id, verdict);
  }

  private async judge(tenant: TenantId, alerts: readonly Alert[]): Promise<readonly JudgedAlert[]> {
    const contexts = await this.parts.alerts.contextsOf(tenant, alerts);
    const judged: JudgedAlert[] = [];
    for (let from = 0; from < alerts.length; from += ASKED_AT_ONCE) {
      const asked = alerts.slice(from, from + ASKED_AT_ONCE).map(async (alert, i) => {
        const context = contexts[from + i] ?? { repetitions: 0, prior_tactics: [] };
        return { alert, verdict: await this.parts.agent.assess(tenant, alert, context) };
      });
      judged.push(...(await Promise.all(asked)));
    }
    return judged;
  }
}
