import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';

/** Closes what a part of the app holds open of a tenant, and forgets what it knows of it. Doing it twice changes nothing. */
export type TenantCloser = (tenant: TenantId) => Promise<void> | void;

/** Everything in this process that holds something of a tenant, in the order in which it is to be closed. */
@Injectable()
export class TenantClosers {
  private readonly closers: TenantCloser[] = [];

  /** Whoever holds something of tenants registers while its module is made. */
  register(closer: TenantCloser): void {
    this.closers.push(closer);
  }

  /** Resolves once nothing is held of the tenant. @throws the first failure; everything else is closed all the same. */
  async close(tenant: TenantId): Promise<void> {
    const failures: unknown[] = [];
    for (const closer of this.closers) {
      try {
        await closer(tenant);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
