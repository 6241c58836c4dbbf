import { anomalyRiskOf } from '../../ada/anomaly-risks.js';
import type { RuleFilterWatch } from '../../ada/rule-filter-watch.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { TenantKeys } from '../../platform/encryption/tenant-keys.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import type { IndicatorWatch } from './indicator-watch.js';
import type { PipelineGate } from './pipeline-listeners.js';
import type { TenantTerms } from './tenant-terms.js';

/** Gathers what threads must know of a tenant, and tells when it is no longer what they were given. */
export class TenantGate implements PipelineGate {
  constructor(
    private readonly keys: TenantKeys,
    private readonly tenants: TenantDirectory,
    private readonly filters: RuleFilterWatch,
    private readonly indicators: IndicatorWatch,
  ) {}

  async termsOf(tenant: TenantId): Promise<TenantTerms> {
    return {
      keys: await this.keys.of(tenant),
      risk: anomalyRiskOf(await this.tenants.find(tenant)),
      filters: await this.filters.take(tenant),
      indicators: await this.indicators.of(tenant),
    };
  }

  asked(tenant: TenantId): void {
    this.filters.asked(tenant);
  }

  /** Has a listener hear of tenants whose terms are to be asked for again. */
  onChange(listener: (tenant: TenantId) => void): void {
    this.keys.onChange(listener);
    this.tenants.onChange((tenant, changed) => changed && listener(tenant));
    this.filters.onChange(listener);
    this.indicators.onOthers(listener);
  }

  forget(tenant: TenantId): void {
    this.filters.forget(tenant);
    this.indicators.forget(tenant);
  }

  async stop(): Promise<void> {
    await this.indicators.stop();
  }
}
