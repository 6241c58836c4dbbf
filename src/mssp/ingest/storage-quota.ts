import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { Problem } from '../../platform/problems/problem.js';
import { tenantDirectoryPath } from '../../platform/storage/data-directory.js';
import { DiskReserve } from '../../platform/storage/disk-reserve.js';

const MEASURED_FOR_MS = 2_000;
const MOST_MEASURED = 10_000;

/** Bounds what a tenant stores. Its directory is measured every two seconds at most, so it may store that much more. */
@Injectable()
export class StorageQuota {
  private readonly measured = new Map<TenantId, { readonly at: number; readonly bytes: Promise<number> }>();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'dataDir' | 'caps'>,
    private readonly disk: DiskReserve,
  ) {}

  /** @throws Problem 507 where the tenant has stored as much as it may, 503 where the disk is full. */
  async refuseFull(tenant: TenantId): Promise<void> {
    this.disk.refuseFull();
    const limit = this.config.caps.storageBytes;
    const used = await this.bytesOf(tenant);
    if (used < limit) return;
    throw new Problem('storage-full', 'Nothing was read. Ask the platform operator for room, or for a shorter retention.', {
      headers: { Connection: 'close' },
      members: { quota: 'storage_bytes', limit, used },
    });
  }

  private bytesOf(tenant: TenantId): Promise<number> {
    const known = this.measured.get(tenant);
    const now = performance.now();
    if (known && now - known.at < MEASURED_FOR_MS) return known.bytes;
    if (this.measured.size >= MOST_MEASURED) this.measured.clear();
    const bytes = measure(tenantDirectoryPath(this.config.dataDir, tenant));
    this.measured.set(tenant, { at: now, bytes });
    bytes.catch(() => this.measured.delete(tenant));
    return bytes;
  }
}

async function measure(directory: string): Promise<number> {
  const names = await readdir(directory).catch(none);
  const sizes = await Promise.all(names.map((name) => stat(join(directory, name)).then(({ size }) => size, none)));
  return sizes.reduce<number>((sum, size) => sum + (typeof size === 'number' ? size : 0), 0);
}

/** What is not there, or not any more, takes no room. */
function none(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
