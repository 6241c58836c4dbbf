import type { Kysely } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import type { TenantDatabases } from '../storage/tenant-databases.js';
import { IdempotencyStore, type EarlierRequest } from './idempotency-store.js';

const KEPT_MS = 24 * 3_600_000;
/** A request that has not finished by then died with its process. */
const LONGEST_REQUEST_MS = 120_000;

interface Tables {
  idempotency: { key: string; digest: string; begun_at: number; status: number | null; body: string | null };
}

/** Idempotency keys in the databases of the tenants and of the platform. */
export class SqliteIdempotencyStore extends IdempotencyStore {
  constructor(
    private readonly tenants: TenantDatabases,
    private readonly platform: PlatformDatabase,
  ) {
    super();
  }

  async begin(scope: TenantId | null, key: string, digest: string, now: number): Promise<EarlierRequest | undefined> {
    const db = await this.database(scope);
    return db.transaction().execute(async (trx) => {
      await trx
        .deleteFrom('idempotency')
        .where('begun_at', '<', now - KEPT_MS)
        .execute();
      await trx
        .deleteFrom('idempotency')
        .where('status', 'is', null)
        .where('begun_at', '<', now - LONGEST_REQUEST_MS)
        .execute();
      const earlier = await trx.selectFrom('idempotency').selectAll().where('key', '=', key).executeTakeFirst();
      if (!earlier) {
        await trx.insertInto('idempotency').values({ key, digest, begun_at: now, status: null, body: null }).execute();
        return undefined;
      }
      if (earlier.digest !== digest) return { state: 'other-request' };
      if (earlier.status === null) return { state: 'running' };
      return {
        state: 'answered',
        status: earlier.status,
        body: earlier.body === null ? undefined : JSON.parse(earlier.body),
        shownOnce: earlier.body === null,
      };
    });
  }

  async finish(scope: TenantId | null, key: string, answer: { readonly status: number; readonly body: unknown }): Promise<void> {
    const db = await this.database(scope);
    const body = answer.body === undefined ? null : JSON.stringify(answer.body);
    await db.updateTable('idempotency').set({ status: answer.status, body }).where('key', '=', key).execute();
  }

  async abandon(scope: TenantId | null, key: string): Promise<void> {
    const db = await this.database(scope);
    await db.deleteFrom('idempotency').where('key', '=', key).execute();
  }

  private database(scope: TenantId | null): Promise<Kysely<Tables>> {
    return scope === null ? this.platform.get<Tables>() : this.tenants.of<Tables>(scope);
  }
}
