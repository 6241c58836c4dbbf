import { createHash } from 'node:crypto';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import type { Clock } from '../../platform/clock/clock.js';
import { staleVersion } from '../../platform/problems/problem.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { type FilterChange, type FilterReplacement, NO_FILTERS, RuleFilterStore, type StoredFilters } from '../domain/rule-filter-store.js';
import type { AdaTables } from './ada-tables.js';

/** What the row of the tenant's own filters is called. */
const OWN = 'own';

/** Filters in the tenant's database, as the text that the tenant sent. */
export class SqlRuleFilterStore extends RuleFilterStore {
  constructor(
    private readonly databases: TenantDatabases,
    private readonly clock: Clock,
  ) {
    super();
  }

  async find(tenant: TenantId): Promise<StoredFilters> {
    const db = await this.databases.of<AdaTables>(tenant);
    const row = await db.selectFrom('ada_rule_filters').selectAll().where('name', '=', OWN).executeTakeFirst();
    if (row === undefined) return NO_FILTERS;
    const { version, document, updated_at, updated_by } = row;
    return { version, document, updated_at, updated_by };
  }

  async version(tenant: TenantId): Promise<number> {
    const db = await this.databases.of<AdaTables>(tenant);
    const row = await db.selectFrom('ada_rule_filters').select('version').where('name', '=', OWN).executeTakeFirst();
    return row?.version ?? NO_FILTERS.version;
  }

  async replace(tenant: TenantId, { document, filters, basedOn }: FilterReplacement, change: FilterChange): Promise<StoredFilters> {
    const db = await this.databases.of<AdaTables>(tenant);
    return db.transaction().execute(async (trx) => {
      const row = await trx.selectFrom('ada_rule_filters').selectAll().where('name', '=', OWN).executeTakeFirst();
      const { version, updated_at, updated_by } = row ?? NO_FILTERS;
      const before = row?.document ?? '';
      if (basedOn !== undefined && basedOn !== version) throw staleVersion(version);
      if (before === document) return { version, document, updated_at, updated_by };
      const next = { version: version + 1, document, updated_at: this.clock.isoNow(), updated_by: change.actor.id };
      await trx
        .insertInto('ada_rule_filters')
        .values({ name: OWN, ...next })
        .onConflict((on) => on.column('name').doUpdateSet(next))
        .execute();
      const details = { version: next.version, filters, sha256: createHash('sha256').update(document).digest('hex') };
      const action = document === '' ? 'rule_filters.deleted' : 'rule_filters.changed';
      const target = { type: 'rule_filters', id: OWN };
      await appendAudit(trx, tenant, next.updated_at, [{ ...change, action, target, outcome: 'success', details }]);
      return next;
    });
  }
}
