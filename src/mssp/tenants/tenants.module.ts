import { Module } from '@nestjs/common';
import { ApiKeysController } from './api-keys.controller.js';
import { DataKeysService } from './data-keys.service.js';
import { TenantsAdminController } from './tenants-admin.controller.js';
import { TenantRemovalService } from './tenant-removal.service.js';
import { TenantsController } from './tenants.controller.js';
import { TenantsService } from './tenants.service.js';

/** Tenants and their keys. */
@Module({
  controllers: [TenantsController, TenantsAdminController, ApiKeysController],
  providers: [TenantsService, TenantRemovalService, DataKeysService],
})
export class TenantsModule {}
