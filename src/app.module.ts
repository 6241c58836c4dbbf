import { Module, type DynamicModule } from '@nestjs/common';
import { AgentsModule } from './agents/agents.module.js';
import { PipelineModule } from './agents/pipeline/pipeline.module.js';
import { featureMigrations } from './feature-migrations.js';
import { CasesModule } from './mssp/cases/cases.module.js';
import { IngestModule } from './mssp/ingest/ingest.module.js';
import { RetentionModule } from './mssp/retention/retention.module.js';
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
        PlatformModule.forRoot({ config, secrets, tenantMigrations: featureMigrations }),
        AgentsModule.forRoot(CasesModule),
        CasesModule,
        IngestModule.forRoot([PipelineModule, CasesModule, RetentionModule]),
        RetentionModule,
        TenantsModule,
      ],
    };
  }
}
