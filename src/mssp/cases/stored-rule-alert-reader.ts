import { Injectable } from '@nestjs/common';
import type { DetectorKind } from '../../contracts/detection.js';
import { type AlertedRule, type DayRange, RuleAlertReader, type RuleAlerts } from '../../contracts/rule-alerts.js';
import type { TenantId } from '../../contracts/tenant.js';
import { slices } from '../../platform/storage/slices.js';
import { AlertStore } from './domain/alert-store.js';

/** Detectors that go by rules. */
const BY_RULES: readonly DetectorKind[] = ['sigma', 'statistical'];

/** Alerts as those who keep rules see them, from the alert store. */
@Injectable()
export class StoredRuleAlertReader extends RuleAlertReader {
  constructor(private readonly alerts: AlertStore) {
    super();
  }

  read(tenant: TenantId, days: DayRange, ruleId?: string): Promise<readonly RuleAlerts[]> {
    return this.alerts.byRule(tenant, { ...days, detector: BY_RULES, rule_id: ruleId });
  }

  async rulesOf(tenant: TenantId, alertIds: readonly string[]): Promise<readonly AlertedRule[]> {
    const rules: AlertedRule[] = [];
    for (const slice of slices(alertIds)) {
      const alerts = await this.alerts.findMany(tenant, slice);
      rules.push(...alerts.map(({ rule, detector, techniques }) => ({ rule, detector, techniques })));
    }
    return rules;
  }
}
