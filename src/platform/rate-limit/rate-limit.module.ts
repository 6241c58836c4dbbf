import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { IngestLimiter } from './ingest-limiter.js';
import { RateLimitAdminController } from './rate-limit-admin.controller.js';
import { RateLimitController } from './rate-limit.controller.js';
import { TenantLimits } from './tenant-limits.js';

/** Limits of tenants, and what is told of them. Needs an `AlertCount`, which the modules given bring. */
@Module({})
export class RateLimitModule {
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: RateLimitModule,
      imports,
      controllers: [RateLimitController, RateLimitAdminController],
      providers: [IngestLimiter, TenantLimits],
      exports: [IngestLimiter],
    };
  }
}
