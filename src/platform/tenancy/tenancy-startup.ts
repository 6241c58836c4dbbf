import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ApiKeyStore } from '../auth/api-key-store.js';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { CONFIG, SECRETS } from '../config/tokens.js';
import type { Secrets } from '../secrets/secrets.js';
import { addConfiguredTenants, bootstrap } from './bootstrap.js';
import { TenantDirectory } from './tenant-directory.js';
import { readTenantsFile } from './tenants-file.js';

/** At start: the configured tenants exist, and in development the first credentials too. */
@Injectable()
export class TenancyStartup implements OnModuleInit {
  private readonly logger = new Logger(TenancyStartup.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SECRETS) private readonly secrets: Secrets,
    private readonly directory: TenantDirectory,
    private readonly keys: ApiKeyStore,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await addConfiguredTenants(this.directory, readTenantsFile(this.config.tenantsFile), this.clock);
    if (this.config.environment !== 'development') return;
    const file = await bootstrap({
      dataDir: this.config.dataDir,
      directory: this.directory,
      keys: this.keys,
      pepper: this.secrets.apiKeyPepper.current,
      environment: this.config.environment,
      keyDays: this.config.apiKeys.maxDays,
      clock: this.clock,
    });
    this.logger.log({ event: 'bootstrap', file }, 'first credentials and development secrets are in the data directory');
  }
}
