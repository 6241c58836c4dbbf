import type { Counter, CounterConfiguration } from 'prom-client';
import type { TenantLabels } from './tenant-labels.js';

type TenantCounterOptions = Omit<CounterConfiguration<string>, 'labelNames'> & { readonly labelNames: readonly string[] };

/** A counter with the label `tenant_id`, of which there are never more values than `TenantLabels` gives. */
export class TenantCounter<Label extends string> {
  /** Labels besides the tenant. */
  readonly labelNames: readonly string[];

  private readonly counter: Counter;

  /**
   * @param type what it is exposed as.
   * @param options its name, its text, and its labels besides the tenant.
   * @param tenants which tenants have series of their own; read when it counts.
   */
  constructor(
    type: new (configuration: CounterConfiguration<string>) => Counter,
    { labelNames, ...options }: TenantCounterOptions,
    private readonly tenants: () => TenantLabels,
  ) {
    this.labelNames = labelNames;
    this.counter = new type({ ...options, labelNames: ['tenant_id', ...labelNames] });
  }

  inc(labels: Readonly<Record<Label | 'tenant_id', string>>, value = 1): void {
    this.counter.inc({ ...labels, tenant_id: this.tenants().labelOf(labels.tenant_id) }, value);
  }

  /** Its series with their values. */
  get(): ReturnType<Counter['get']> {
    return this.counter.get();
  }
}
