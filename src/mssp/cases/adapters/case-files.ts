import type { Kysely } from 'kysely';
import type { TenantId } from '../../../contracts/tenant.js';
import type { TenantCipher } from '../../../platform/encryption/tenant-cipher.js';
import type { TenantDatabases } from '../../../platform/storage/tenant-databases.js';
import { CaseSeal } from './case-seal.js';
import type { CaseTables } from './case-tables.js';

/** Whose cases they are, and how what they quote of events is stored. */
export interface CaseOwner {
  readonly tenant: TenantId;
  readonly seal: CaseSeal;
}

/** A tenant's cases. */
export interface CaseFile {
  readonly db: Kysely<CaseTables>;
  readonly owner: CaseOwner;
}

/** Answers a tenant's cipher; `undefined` where nothing is encrypted. */
export interface CipherSource {
  of(tenant: TenantId): Promise<TenantCipher | undefined>;
}

/** The tenants' cases, each in its tenant's database. */
export class CaseFiles {
  constructor(
    private readonly databases: TenantDatabases,
    private readonly ciphers: CipherSource,
  ) {}

  async of(tenant: TenantId): Promise<CaseFile> {
    const db = await this.databases.of<CaseTables>(tenant);
    return { db, owner: { tenant, seal: new CaseSeal(await this.ciphers.of(tenant)) } };
  }
}
