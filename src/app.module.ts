import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { AgentsModule } from './agents/agents.module.js';
import { BacktestModule } from './agents/backtest/backtest.module.js';
import { PipelineModule } from './agents/pipeline/pipeline.module.js';
import { RetroModule } from './agents/retro/retro.module.js';
import { databaseSteps } from './database-steps.js';
import { CaseStoresModule } from './mssp/cases/case-stores.module.js';
import { CasesModule } from './mssp/cases/cases.module.js';
import { IngestModule } from './mssp/ingest/ingest.module.js';
import { LakeModule } from './mssp/lake/lake.module.js';
import { EventPlacesModule } from './mssp/retention/event-places.module.js';
import { RetentionModule } from './mssp/retention/retention.module.js';
import { TenantsModule } from './mssp/tenants/tenants.module.js';
import type { Config } from './platform/config/config.js';
import { PlatformModule } from './platform/platform.module.js';
import type { Secrets } from './platform/secrets/secrets.js';

/** The composition root: picks feature modules by the roles of this process, and adapters by what is configured. */
@Module({})
export class AppModule {
  static forRoot(config: Config, secrets: Secrets): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot({ config, secrets, steps: databaseSteps }),
        AgentsModule.forRoot(config, CaseStoresModule),
        ...(config.roles.includes('ada') ? [PipelineModule] : []),
        ...(config.roles.includes('mssp') ? orchestration(config) : []),
      ],
    };
  }
}

function orchestration(config: Config): NonNullable<ModuleMetadata['imports']> {
  const retention = RetentionModule.forRoot(EventPlacesModule);
  const lake = LakeModule.forRoot(config, [PipelineModule, retention, CaseStoresModule]);
  const ingest = IngestModule.forRoot([PipelineModule, CasesModule, retention, lake]);
  const retro = RetroModule.forRoot([PipelineModule, CasesModule]);
  return [CasesModule, ingest, BacktestModule, retro, retention, TenantsModule.forRoot(EventPlacesModule), lake];
}
