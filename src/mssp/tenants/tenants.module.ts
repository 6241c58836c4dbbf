import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ApiKeysController } from './api-keys.controller.js';
import { DataKeysService } from './data-keys.service.js';
import { LegalHoldController } from './legal-hold.controller.js';
import { LegalHoldService } from './legal-hold.service.js';
import { TenantsAdminController } from './tenants-admin.controller.js';
import { TenantRemovalService } from './tenant-removal.service.js';
import { TenantsController } from './tenants.controller.js';
import { TenantsService } from './tenants.service.js';

/** Tenants and their keys. */
@Module({
  controllers: [TenantsController, LegalHoldController, TenantsAdminController, ApiKeysController],
  providers: [TenantsService, LegalHoldService, TenantRemovalService, DataKeysService],
})
export class TenantsModule {
  /** @param places the module that exports where events are. */
  static forRoot(places: Type): DynamicModule {
    return { module: TenantsModule, imports: [places] };
  }
}
