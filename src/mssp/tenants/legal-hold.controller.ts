import { Body, Controller, Delete, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../../platform/audit/audited.decorator.js';
import { AllowPlatform } from '../../platform/auth/allow.decorator.js';
import { AsCaller, type Caller } from '../../platform/auth/caller.decorator.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { LegalHoldBody, LiftHoldQuery } from './legal-hold.dto.js';
import { LegalHoldService } from './legal-hold.service.js';
import { tenantInPath } from './tenant-access.js';
import { TenantDto } from './tenant.dto.js';

/** Legal holds on tenants, for the platform's operators. */
@ApiTags('tenants')
@Controller('api/v1/tenants/:tenant_id/legal-hold')
@AllowPlatform('tenants:manage')
export class LegalHoldController {
  constructor(private readonly holds: LegalHoldService) {}

  /**
   * Puts a tenant under legal hold, or gives the hold another reason: from the answer on, nothing that the tenant has stored is removed because its time
   * is over, and the tenant cannot be deleted.
   */
  @Put()
  @Audited('platform', 'tenant.legal_hold_put')
  @ApiOkResponse({ type: TenantDto })
  put(@AsCaller() caller: Caller, @Param('tenant_id') id: string, @Body() { reason }: LegalHoldBody): Promise<Tenant> {
    return this.holds.put(caller, tenantInPath(caller, id, 'tenants:manage'), reason);
  }

  /** Lifts the legal hold: what is due by then is removed within the hour. */
  @Delete()
  @Audited('platform', 'tenant.legal_hold_lifted')
  @ApiOkResponse({ type: TenantDto })
  lift(@AsCaller() caller: Caller, @Param('tenant_id') id: string, @Query() { reason }: LiftHoldQuery): Promise<Tenant> {
    return this.holds.lift(caller, tenantInPath(caller, id, 'tenants:manage'), reason);
  }
}
