import type { Kysely, Transaction } from 'kysely';
import type { TenantId } from '../../../contracts/tenant.js';
import type { TenantCipher } from '../../../platform/encryption/tenant-cipher.js';
import { appendFeed } from '../../../platform/feed/append-feed.js';
import type { FeedEntry } from '../../../platform/feed/feed-event.js';
import type { TenantDatabases } from '../../../platform/storage/tenant-databases.js';
import { CaseSeal } from './case-seal.js';
import type { CaseTables } from './case-tables.js';

/** Whose cases they are, and how what they quote of events is stored. */
export interface CaseOwner {
  readonly tenant: TenantId;
  readonly seal: CaseSeal;
  /** Whether what happens to alerts is kept to be published. */
  readonly publishes: boolean;
}

/** Whose cases are being changed, and what its feed is to tell of that. */
export interface CaseChange extends CaseOwner {
  readonly news: FeedEntry[];
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
  /** @param committed called once a tenant's feed tells of a change. */
  constructor(
    private readonly databases: TenantDatabases,
    private readonly ciphers: CipherSource,
    private readonly publishes = false,
    private readonly committed: (tenant: TenantId) => void = () => undefined,
  ) {}

  async of(tenant: TenantId): Promise<CaseFile> {
    const [db, cipher] = await Promise.all([this.databases.of<CaseTables>(tenant), this.ciphers.of(tenant)]);
    return { db, owner: { tenant, seal: new CaseSeal(cipher), publishes: this.publishes } };
  }

  /** Changes cases in one transaction, with what the feed tells of it. @param now milliseconds since the epoch. */
  async change<Result>(
    tenant: TenantId,
    now: number,
    work: (trx: Transaction<CaseTables>, change: CaseChange) => Promise<Result>,
  ): Promise<Result> {
    const { db, owner } = await this.of(tenant);
    const news: FeedEntry[] = [];
    const result = await db.transaction().execute(async (trx) => {
      const made = await work(trx, { ...owner, news });
      await appendFeed(trx, news, now);
      return made;
    });
    if (news.length > 0) this.committed(tenant);
    return result;
  }
}
