import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { Caller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { invalid, notFound, staleVersion } from '../../platform/problems/problem.js';
import { TenantEraser } from '../../platform/tenancy/erasure/tenant-eraser.js';
import type { TenantErasure } from '../../platform/tenancy/erasure/tenant-erasure.js';
import { refuseHeld } from './legal-hold.service.js';
import { TenantsService } from './tenants.service.js';

/** The end of tenants, for the platform's operators. */
@Injectable()
export class TenantRemovalService {
  constructor(
    private readonly tenants: TenantsService,
    private readonly eraser: TenantEraser,
  ) {}

  /**
   * Takes the tenant out of service at once and deletes it and all of its data, which goes on after the answer; asking again changes nothing.
   * @param confirmed the tenant's id once more.
   * @throws Problem 404, 409, 422
   */
  async remove(caller: Caller, id: TenantId, version: number | undefined, confirmed: string | undefined): Promise<TenantErasure> {
    const tenant = await this.tenants.get(id);
    if (confirmed !== id)
      throw invalid([{ pointer: 'confirm', code: 'not_confirmed', detail: 'the id of the tenant that is to be deleted' }]);
    if (version === undefined) {
      throw invalid([{ pointer: 'If-Match', code: 'version_missing', detail: 'the version of the tenant that was read, as in "7"' }]);
    }
    if (tenant.status === 'deleting') return this.erasure(id);
    refuseHeld(tenant);
    if (version !== tenant.version) throw staleVersion(tenant.version);
    const erasure = await this.eraser.begin(deedOf(caller), tenant);
    if (!erasure) throw staleVersion((await this.tenants.get(id)).version);
    return erasure;
  }

  /** The latest deletion of a tenant with this id. @throws Problem 404 */
  async erasure(id: TenantId): Promise<TenantErasure> {
    const erasure = await this.eraser.latest(id);
    if (!erasure) throw notFound();
    return erasure;
  }
}
