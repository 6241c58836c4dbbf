import { basename, dirname } from 'node:path';
import { Logger } from '@nestjs/common';
import { PLATFORM_LOG, type AuditLog } from '../audit/audit-log.js';
import type { TenantDirectory } from '../tenancy/tenant-directory.js';
import type { DamagedDatabase, DamagedDatabases } from './damaged-databases.js';
import { tenantDirectoryPath } from './data-directory.js';

/** What records are written of, and where. */
export interface DamagedDatabaseParts {
  readonly damages: DamagedDatabases;
  readonly audit: AuditLog;
  readonly tenants: TenantDirectory;
  readonly dataDir: string;
}

/** Records in the platform's audit log whose database was found damaged: the tenant's own log is in that database. */
export class DamagedDatabaseRecords {
  private readonly logger = new Logger(DamagedDatabaseRecords.name);

  constructor(private readonly parts: DamagedDatabaseParts) {
    parts.damages.onFound((damaged) => {
      if (damaged.store === 'platform') return;
      this.record(damaged).catch((error: unknown) =>
        this.logger.error({ err: error, event: 'storage.damage_unrecorded' }, 'the audit log took no record of a damaged database'),
      );
    });
  }

  private async record({ file, reason }: DamagedDatabase): Promise<void> {
    const { audit, tenants, dataDir } = this.parts;
    const known = await tenants.list();
    const tenant = known.find(({ tenant_id: id }) => tenantDirectoryPath(dataDir, id) === dirname(file));
    await audit.append(PLATFORM_LOG, [
      {
        action: 'database.damaged',
        actor: { type: 'system', id: 'storage' },
        target: { type: 'tenant', id: tenant?.tenant_id ?? basename(dirname(file)) },
        outcome: 'failure',
        correlation_id: 'storage',
        details: { file: basename(file), reason },
      },
    ]);
  }
}
