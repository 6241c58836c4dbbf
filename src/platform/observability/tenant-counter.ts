import { Counter, type CounterConfiguration } from 'prom-client';
import type { TenantLabels } from './tenant-labels.js';

/** A counter with the label `tenant_id`, of which there are never more values than `TenantLabels` gives. */
export class TenantCounter<Label extends string> {
  private readonly counter: Counter;

  /** Labels besides the tenant. */
  readonly labelNames: readonly string[];

  /** @param tenants read when it counts. */
  constructor(
    configuration: CounterConfiguration<string>,
    private readonly tenants: () => TenantLabels,
  ) {
    this.counter = new Counter(configuration);
    this.labelNames = (configuration.labelNames ?? []).filter((name) => name !== 'tenant_id');
  }

  inc(labels: Readonly<Record<Label | 'tenant_id', string>>, value = 1): void {
    this.counter.inc({ ...labels, tenant_id: this.tenants().labelOf(labels.tenant_id) }, value);
  }

  /** Its series with their values. */
  get(): ReturnType<Counter['get']> {
    return this.counter.get();
  }
}
