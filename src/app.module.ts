import { Module, type DynamicModule } from '@nestjs/common';
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
      imports: [PlatformModule.forRoot({ config, secrets, tenantMigrations: {} }), TenantsModule],
    };
  }
}
