import { rm } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { TenantId } from '../../../contracts/tenant.js';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/tokens.js';
import { TenantKeys } from '../../encryption/tenant-keys.js';
import { tenantDirectoryPath } from '../../storage/data-directory.js';
import { SqliteThread } from '../../storage/sqlite-thread.js';
import { forgetFirstCredentials } from '../bootstrap.js';
import { takeInventory } from './inventory.js';
import { scanForTraces } from './scan-for-traces.js';
import type { RemovedData, TraceScan } from './tenant-erasure.js';

/** A tenant's data in the data directory, once nobody has it open. */
@Injectable()
export class TenantData {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'dataDir'>,
    private readonly keys: TenantKeys,
    private readonly thread: SqliteThread,
  ) {}

  /** Counts what there is. */
  inventory(tenant: TenantId): Promise<Pick<RemovedData, 'files' | 'bytes' | 'rows'>> {
    return takeInventory(this.thread, this.directory(tenant));
  }

  /** Destroys the keys, then removes what was encrypted with them; answers how many keys there were. */
  async destroy(tenant: TenantId): Promise<number> {
    const keys = await this.keys.destroy(tenant);
    await rm(this.directory(tenant), { recursive: true, force: true });
    forgetFirstCredentials(this.config.dataDir, tenant);
    return keys;
  }

  /** Looks for what must be gone. */
  scan(tenant: TenantId, needles: readonly Buffer[]): Promise<TraceScan> {
    return scanForTraces(this.config.dataDir, this.directory(tenant), needles);
  }

  private directory(tenant: TenantId): string {
    return tenantDirectoryPath(this.config.dataDir, tenant);
  }
}
