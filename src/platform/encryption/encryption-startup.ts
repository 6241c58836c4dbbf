import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EnvironmentError } from '../config/variable-reader.js';
import { OPTIONAL_SECRETS } from '../secrets/secret-names.js';
import { TenantKeys } from './tenant-keys.js';

/** At start: whatever stored data is encrypted with is at hand. */
@Injectable()
export class EncryptionStartup implements OnModuleInit {
  constructor(private readonly keys: TenantKeys) {}

  /** @throws EnvironmentError, so that nothing is stored in clear beside what is encrypted. */
  async onModuleInit(): Promise<void> {
    const missing = await this.keys.missing();
    if (missing.length === 0) return;
    throw new EnvironmentError([`${OPTIONAL_SECRETS.dataEncryptionKey} lacks what stored data is encrypted with: ${missing.join(', ')}`]);
  }
}
