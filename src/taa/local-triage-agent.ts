import type { Alert } from '../contracts/alert.js';
import type { Entity } from '../contracts/entity.js';
import { LearningAgent } from '../contracts/learning-agent.js';
import type { TenantId } from '../contracts/tenant.js';
import { TriageAgent, type TriageContext } from '../contracts/triage-agent.js';
import type { Verdict } from '../contracts/verdict.js';
import { bareUser } from '../events/account-name.js';
import { shortHost } from '../events/host-name.js';
import { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import { assessAlert } from './domain/assess-alert.js';
import type { MatchedIndicator } from './domain/matched-indicator.js';
import { IndicatorMatchers } from './indicator-matchers.js';

const MOST_ENTITIES = 200;

/** TAA in this process: gathers what is known of an alert's entities and of its rule, and assesses it. */
export class LocalTriageAgent extends TriageAgent {
  constructor(
    private readonly matchers: IndicatorMatchers,
    private readonly tenants: TenantDirectory,
    private readonly learning: LearningAgent,
  ) {
    super();
  }

  async assess(tenant: TenantId, alert: Alert, context: TriageContext): Promise<Verdict> {
    const entities = alert.entities.slice(0, MOST_ENTITIES);
    const [indicators, critical, weight] = await Promise.all([
      this.indicatorsOf(tenant, alert, entities),
      this.criticalOf(tenant, entities),
      this.learning.weightOf(tenant, alert.rule.id),
    ]);
    return assessAlert({ alert, context, indicators, critical, weight });
  }

  private async indicatorsOf(tenant: TenantId, alert: Alert, entities: readonly Entity[]): Promise<MatchedIndicator[]> {
    const matcher = await this.matchers.of(tenant);
    const span = { from: Date.parse(alert.event_time), to: Date.parse(alert.created_at) };
    return [...entities.flatMap((entity) => matcher.match(entity, span)), ...matcher.matchTogether(entities, span)];
  }

  /** Critical names may be written in full (`dc01.corp.example`, `CORP\\alice`); entities go by their short names. */
  private async criticalOf(tenant: TenantId, entities: readonly Entity[]): Promise<Entity[]> {
    const names = (await this.tenants.find(tenant))?.critical_entities ?? [];
    const hosts = new Set(names.map(shortHost));
    const users = new Set(names.map(bareUser));
    const exact = new Set(names);
    return entities.filter(
      ({ type, value }) => exact.has(value) || (type === 'host' && hosts.has(value)) || (type === 'user' && users.has(value)),
    );
  }
}
