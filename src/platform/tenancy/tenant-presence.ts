import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { TenantKeys } from '../encryption/tenant-keys.js';
import { TenantDatabases } from '../storage/tenant-databases.js';
import { RetiredTenants } from './retired-tenants.js';
import type { Tenant } from './tenant.js';
import { TenantClosers } from './tenant-closers.js';
import { TenantDirectory } from './tenant-directory.js';

/** How often this process looks for what others changed; a change is seen everywhere within twice that. */
const LOOK_EVERY_MS = 1_000;

/** Keeps this process in step with the directory of tenants, whichever process changed it: one that is being deleted is closed here. */
@Injectable()
export class TenantPresence implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TenantPresence.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly directory: TenantDirectory,
    private readonly closers: TenantClosers,
    private readonly retired: RetiredTenants,
    private readonly databases: TenantDatabases,
    private readonly keys: TenantKeys,
  ) {
    directory.onChange((id, tenant) => this.follow(id, tenant));
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const tenant of await this.directory.list()) this.follow(tenant.tenant_id, tenant);
    this.timer = setInterval(() => {
      this.look().catch((error: unknown) => this.logger.error({ err: error, event: 'tenants.unread' }, 'tenants could not be read'));
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Takes up at once what was changed. */
  async look(): Promise<void> {
    await this.directory.refresh();
    await this.keys.refresh();
  }

  /** Opens nothing for the tenant any more, and closes what is open. */
  async retire(tenant: TenantId): Promise<void> {
    this.retired.add(tenant);
    await this.closers.close(tenant);
    await this.databases.close(tenant);
    this.keys.forget(tenant);
  }

  private follow(id: TenantId, tenant: Tenant | undefined): void {
    if (tenant && tenant.status !== 'deleting') {
      this.retired.remove(id);
      return;
    }
    this.retire(id).catch((error: unknown) => {
      this.logger.error({ err: error, event: 'tenant.not_closed', tenant_id: id }, 'a deleted tenant could not be closed');
    });
  }
}
