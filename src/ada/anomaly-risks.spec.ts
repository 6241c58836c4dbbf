import { toTenantId } from '../contracts/tenant.js';
import { ANOMALY_RISK, anomalyRiskOf, AnomalyRisks } from './anomaly-risks.js';

const ACME = toTenantId('acme-corp');
const tenant = (advanced_ml: boolean, anomaly_risk: number | null) => ({
  features: { advanced_ml, auto_containment: false },
  anomaly_risk,
});

describe('the risk of anomaly detection', () => {
  it('is what the tenant says, else the default; none where the feature is off or the tenant gone', () => {
    expect(anomalyRiskOf(tenant(true, 1e-3))).toBe(1e-3);
    expect(anomalyRiskOf(tenant(true, null))).toBe(ANOMALY_RISK);
    expect(anomalyRiskOf(tenant(false, 1e-3))).toBeNull();
    expect(anomalyRiskOf(undefined)).toBeNull();
  });

  it('is that of each tenant by itself, until it is off or the tenant is forgotten', () => {
    const risks = new AnomalyRisks();
    const globex = toTenantId('globex');
    risks.set(ACME, 1e-3);
    risks.set(globex, 1e-5);
    expect([risks.of(ACME), risks.of(globex)]).toEqual([1e-3, 1e-5]);
    risks.set(ACME, null);
    risks.forget(globex);
    expect([risks.of(ACME), risks.of(globex)]).toEqual([undefined, undefined]);
  });
});
