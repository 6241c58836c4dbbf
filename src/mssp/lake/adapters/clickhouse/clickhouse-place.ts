import { isTenantId, type TenantId } from '../../../../contracts/tenant.js';
import { LakeRefused } from '../../domain/event-lake.js';

/** Where a tenant's events are in ClickHouse. */
export interface ClickHousePlace {
  /** The database, as a value. */
  readonly name: string;
  /** The database, quoted for a statement. */
  readonly database: string;
  /** The comment that the database bears as the tenant's. */
  readonly mark: string;
}

/**
 * The place of a tenant: a database whose name no other tenant's is like, as tenant ids have no `_`.
 * @throws LakeRefused for what has not the form of a tenant id; nothing else may get into a statement.
 */
export function clickHousePlaceOf(tenant: TenantId): ClickHousePlace {
  if (!isTenantId(tenant)) throw new LakeRefused('what has not the form of a tenant id has no place in ClickHouse');
  const name = `gatra_${tenant.replaceAll('-', '_')}`;
  return { name, database: `\`${name}\``, mark: `GATRA tenant ${tenant}` };
}
