import type { Provider } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import type { Secrets } from '../secrets/secrets.js';
import { PlatformDatabase } from '../storage/platform-database.js';
import { RetiredTenants } from '../tenancy/retired-tenants.js';
import { CiphersInHand } from './ciphers-in-hand.js';
import { EncryptionStartup } from './encryption-startup.js';
import { KeyEncryption } from './key-encryption.js';
import { SecretKeyEncryption } from './secret-key-encryption.js';
import { SqliteTenantKeyStore } from './sqlite-tenant-key-store.js';
import { TenantKeyStore } from './tenant-key-store.js';
import { TenantKeys } from './tenant-keys.js';

/** Encryption of what tenants store: on where there is a key-encryption key. */
export function encryptionProviders(secrets: Secrets): Provider[] {
  return [
    EncryptionStartup,
    CiphersInHand,
    { provide: KeyEncryption, useValue: keyEncryptionOf(secrets) },
    { provide: TenantKeyStore, inject: [PlatformDatabase], useFactory: (database: PlatformDatabase) => new SqliteTenantKeyStore(database) },
    {
      provide: TenantKeys,
      inject: [TenantKeyStore, KeyEncryption, Clock, RetiredTenants],
      useFactory: (store: TenantKeyStore, encryption: KeyEncryption | null, clock: Clock, retired: RetiredTenants) =>
        new TenantKeys(store, encryption, clock, retired),
    },
  ];
}

/** The key-encryption keys of the secret `DATA_ENCRYPTION_KEY`, the newest first; null where it is not set. */
export function keyEncryptionOf({ dataEncryptionKey }: Secrets): KeyEncryption | null {
  return dataEncryptionKey && new SecretKeyEncryption(dataEncryptionKey.live.map(({ bytes }) => bytes));
}
