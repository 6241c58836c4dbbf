import { Module } from '@nestjs/common';
import { ApiKeysController } from './api-keys.controller.js';
import { TenantsController } from './tenants.controller.js';
import { TenantsService } from './tenants.service.js';

/** Tenants and their keys. */
@Module({
  controllers: [TenantsController, ApiKeysController],
  providers: [TenantsService],
})
export class TenantsModule {}
