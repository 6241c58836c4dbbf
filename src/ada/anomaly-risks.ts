import type { TenantId } from '../contracts/tenant.js';
import type { TenantSettings } from '../platform/tenancy/tenant.js';

/** Chance of a false alarm, for each score that is judged, that a tenant with anomaly detection takes where it does not say otherwise. */
export const ANOMALY_RISK = 1e-4;

/** The risk that a tenant takes by its settings; null where anomaly detection is off for it, or it is gone. */
export function anomalyRiskOf(tenant: Pick<TenantSettings, 'features' | 'anomaly_risk'> | undefined): number | null {
  return tenant?.features.advanced_ml === true ? (tenant.anomaly_risk ?? ANOMALY_RISK) : null;
}

/** The risks of the tenants that anomaly detection is on for, in the thread that inspects their events. */
export class AnomalyRisks {
  private readonly risks = new Map<TenantId, number>();

  /** @param risk null: anomaly detection is off for the tenant. */
  set(tenant: TenantId, risk: number | null): void {
    if (risk === null) this.risks.delete(tenant);
    else this.risks.set(tenant, risk);
  }

  of(tenant: TenantId): number | undefined {
    return this.risks.get(tenant);
  }

  forget(tenant: TenantId): void {
    this.risks.delete(tenant);
  }
}
