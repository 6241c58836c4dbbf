import { Injectable } from '@nestjs/common';
import { type DayRange, RuleAlertReader, type RuleAlerts } from '../contracts/rule-alerts.js';
import { RuleCatalog, type RuleSummary } from '../contracts/rule-catalog.js';
import type { TenantId } from '../contracts/tenant.js';
import { Clock } from '../platform/clock/clock.js';
import { lastDays } from './domain/scorecard/last-days.js';
import { alertsOfGone, recordsOf, type RuleRecord } from './domain/scorecard/rule-record.js';

/** How rules did in some days. */
export interface RuleRecords {
  readonly range: DayRange;
  readonly records: readonly RuleRecord[];
}

const LONGEST_ID = 256;

/** What became of what a tenant's rules saw: the rules in force, and the alerts of these and of those that are gone. */
@Injectable()
export class RuleHistory {
  constructor(
    private readonly catalog: RuleCatalog,
    private readonly alerts: RuleAlertReader,
    private readonly clock: Clock,
  ) {}

  /** Of all rules. @param days how many UTC days, today's among them. */
  async list(tenant: TenantId, days: number): Promise<RuleRecords> {
    const range = lastDays(this.clock.now(), days);
    const [rules, raised] = await Promise.all([this.catalog.list(tenant), this.alerts.read(tenant, range)]);
    return { range, records: await this.join(tenant, rules, raised) };
  }

  /** Of one rule; without a record where it is not in force and raised nothing. */
  async find(tenant: TenantId, ruleId: string, days: number): Promise<RuleRecords> {
    const range = lastDays(this.clock.now(), days);
    const rule = await this.catalog.find(tenant, ruleId);
    if (rule === undefined && !mayBeRuleId(ruleId)) return { range, records: [] };
    const raised = await this.alerts.read(tenant, range, ruleId);
    return { range, records: await this.join(tenant, rule === undefined ? [] : [rule], raised) };
  }

  private async join(tenant: TenantId, rules: readonly RuleSummary[], raised: readonly RuleAlerts[]): Promise<readonly RuleRecord[]> {
    return recordsOf(rules, await this.alerts.rulesOf(tenant, alertsOfGone(rules, raised)), raised);
  }
}

/** Not every store can be asked for every text. */
function mayBeRuleId(text: string): boolean {
  return text.length <= LONGEST_ID && !text.includes('\0');
}
