import { rm } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { TenantId } from '../../../contracts/tenant.js';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/tokens.js';
import { TenantKeys } from '../../encryption/tenant-keys.js';
import { tenantDirectoryPath } from '../../storage/data-directory.js';
import { SqliteThread } from '../../storage/sqlite-thread.js';
import { TenantDatabases } from '../../storage/tenant-databases.js';
import { forgetFirstCredentials } from '../bootstrap.js';
import { takeInventory } from './inventory.js';
import { OutsidePlaces } from './outside-places.js';
import { scanForTraces } from './scan-for-traces.js';
import type { RemovedData, TraceScan } from './tenant-erasure.js';

/** A tenant's data, in its directory, in the databases and outside, once nobody has it open. */
@Injectable()
export class TenantData {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'dataDir'>,
    private readonly keys: TenantKeys,
    private readonly databases: TenantDatabases,
    private readonly outside: OutsidePlaces,
  ) {}

  /** Counts what there is. */
  async inventory(tenant: TenantId): Promise<Pick<RemovedData, 'files' | 'bytes' | 'rows'>> {
    const thread = new SqliteThread();
    try {
      const inventory = await takeInventory(thread, this.directory(tenant));
      return { ...inventory, rows: { ...inventory.rows, ...(await this.databases.rowsOf(tenant)) } };
    } finally {
      await thread.end();
    }
  }

  /** Destroys the keys, then removes what was encrypted with them, and what is outside; answers how many keys there were. */
  async destroy(tenant: TenantId): Promise<number> {
    const keys = await this.keys.destroy(tenant);
    await this.outside.erase(tenant);
    await this.databases.erase(tenant);
    await rm(this.directory(tenant), { recursive: true, force: true });
    forgetFirstCredentials(this.config.dataDir, tenant);
    return keys;
  }

  /** Looks for what must be gone. */
  async scan(tenant: TenantId, needles: readonly Buffer[]): Promise<TraceScan> {
    const scan = await scanForTraces(this.config.dataDir, this.directory(tenant), needles);
    const rows = Object.values(await this.databases.rowsOf(tenant)).reduce((sum, count) => sum + count, 0);
    return { ...scan, traces: scan.traces + rows };
  }

  private directory(tenant: TenantId): string {
    return tenantDirectoryPath(this.config.dataDir, tenant);
  }
}
