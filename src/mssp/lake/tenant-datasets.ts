import type { TenantId } from '../../contracts/tenant.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { LakeRefused } from './domain/event-lake.js';

/** The datasets that tenants' settings name, at hand without waiting. */
export class TenantDatasets {
  private readonly names = new Map<TenantId, string>();

  private constructor(directory: TenantDirectory) {
    directory.onChange((id, tenant) => {
      if (tenant) this.names.set(id, tenant.bigquery_dataset);
      else this.names.delete(id);
    });
  }

  /** Reads all of them, and keeps up with what is changed. */
  static async of(directory: TenantDirectory): Promise<TenantDatasets> {
    const datasets = new TenantDatasets(directory);
    for (const { tenant_id, bigquery_dataset } of await directory.list()) datasets.names.set(tenant_id, bigquery_dataset);
    return datasets;
  }

  /** @throws LakeRefused where there is no such tenant. */
  nameOf(tenant: TenantId): string {
    const name = this.names.get(tenant);
    if (name === undefined) throw new LakeRefused(`there is no tenant ${tenant} that has a dataset`);
    return name;
  }
}
