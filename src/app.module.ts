import { Module, type DynamicModule } from '@nestjs/common';
import { PipelineModule } from './agents/pipeline/pipeline.module.js';
import { caseMigrations } from './mssp/cases/adapters/case-migrations.js';
import { CasesModule } from './mssp/cases/cases.module.js';
import { IngestModule } from './mssp/ingest/ingest.module.js';
import { TenantsModule } from './mssp/tenants/tenants.module.js';
import type { Config } from './platform/config/config.js';
import { PlatformModule } from './platform/platform.module.js';
import type { Secrets } from './platform/secrets/secrets.js';

/** The composition root: picks feature modules and adapters by what is configured. */
@Module({})
export class AppModule {
  static forRoot(config: Config, secrets: Secrets): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot({ config, secrets, tenantMigrations: { ...caseMigrations } }),
        TenantsModule,
        IngestModule.forRoot([PipelineModule, CasesModule]),
      ],
    };
  }
}
