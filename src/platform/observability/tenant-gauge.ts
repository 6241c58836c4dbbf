import { Gauge, type GaugeConfiguration } from 'prom-client';
import type { TenantLabels } from './tenant-labels.js';

/** A gauge with the label `tenant_id`, of which there are never more values than `TenantLabels` gives: tenants that share one are added up. */
export class TenantGauge {
  private readonly gauge: Gauge;
  private readonly values = new Map<string, number>();

  /** @param tenants read when a value is set. */
  constructor(
    configuration: Omit<GaugeConfiguration<string>, 'labelNames'>,
    private readonly tenants: () => TenantLabels,
  ) {
    this.gauge = new Gauge({ ...configuration, labelNames: ['tenant_id'] });
  }

  set({ tenant_id: tenant }: { readonly tenant_id: string }, value: number): void {
    const label = this.tenants().labelOf(tenant);
    this.gauge.inc({ tenant_id: label }, value - (this.values.get(tenant) ?? 0));
    if (value === 0) this.values.delete(tenant);
    else this.values.set(tenant, value);
  }
}
