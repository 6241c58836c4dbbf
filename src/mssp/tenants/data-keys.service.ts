import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { Caller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { TenantKeys } from '../../platform/encryption/tenant-keys.js';
import { notFound, Problem } from '../../platform/problems/problem.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { refuseDeleting } from './tenants.service.js';

/** The keys that tenants' data is encrypted with, for the platform's operators. */
@Injectable()
export class DataKeysService {
  constructor(
    private readonly directory: TenantDirectory,
    private readonly keys: TenantKeys,
  ) {}

  /** Makes a new data key for a tenant; answers its number. @throws Problem 404, 409 */
  async change(caller: Caller, id: TenantId): Promise<number> {
    const tenant = await this.directory.find(id);
    if (!tenant) throw notFound();
    refuseDeleting(tenant);
    const number = await this.keys.rotate(id, deedOf(caller));
    if (number === undefined) throw new Problem('conflict', 'Nothing is encrypted: DATA_ENCRYPTION_KEY is not set.');
    return number;
  }

  /** Wraps all data keys with the current key-encryption key; answers how many were not yet. */
  rewrap(caller: Caller): Promise<number> {
    return this.keys.rewrap(deedOf(caller));
  }
}
