import type { TenantId } from '../contracts/tenant.js';

/** Chance of a false alarm, for each score that is judged, that a tenant with anomaly detection takes. */
export const ANOMALY_RISK = 1e-4;

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
