import { Logger, type OnModuleInit } from '@nestjs/common';
import type { ApiKeyStore } from '../auth/api-key-store.js';
import type { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import type { Secrets } from '../secrets/secrets.js';
import { bootstrap } from './bootstrap.js';
import type { TenantDirectory } from './tenant-directory.js';
import type { TenantsFileSync } from './tenants-file-sync.js';

/** What the start of tenancy works with. */
export interface TenancyStartupParts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly directory: TenantDirectory;
  readonly keys: ApiKeyStore;
  readonly clock: Clock;
  readonly file: TenantsFileSync;
}

/** At start: the tenants file is taken up, and in development the first credentials are made. */
export class TenancyStartup implements OnModuleInit {
  private readonly logger = new Logger(TenancyStartup.name);

  constructor(private readonly parts: TenancyStartupParts) {}

  async onModuleInit(): Promise<void> {
    const { config, secrets, directory, keys, clock } = this.parts;
    await this.parts.file.reload();
    if (config.environment !== 'development') return;
    const file = await bootstrap({
      dataDir: config.dataDir,
      directory,
      keys,
      pepper: secrets.apiKeyPepper.current,
      environment: config.environment,
      keyDays: config.apiKeys.maxDays,
      clock,
    });
    this.logger.log({ event: 'bootstrap', file }, 'first credentials and development secrets are in the data directory');
  }
}
