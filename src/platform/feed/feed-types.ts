import type { TenantId } from '../../contracts/tenant.js';
import { allows, type Permission } from '../auth/permissions.js';
import type { Principal } from '../auth/principal.js';

/** What a tenant's feed tells of, and the permission that one needs to hear it. */
const NEEDED = {
  'alert.raised': 'alerts:read',
  'alert.changed': 'alerts:read',
  'incident.opened': 'incidents:read',
  'incident.changed': 'incidents:read',
  'approval.requested': 'approvals:read',
  'approval.decided': 'approvals:read',
  'action.changed': 'containment:read',
} as const satisfies Record<string, Permission>;

export type FeedType = keyof typeof NEEDED;

export const FEED_TYPES = Object.keys(NEEDED) as readonly FeedType[];

/** The permission that one needs to hear of a type. */
export function permissionFor(type: FeedType): Permission {
  return NEEDED[type];
}

/** The types that a principal may hear of in a tenant. */
export function typesFor({ grants, scopes }: Principal, tenant: TenantId): ReadonlySet<FeedType> {
  const roles = grants.get(tenant) ?? [];
  return new Set(FEED_TYPES.filter((type) => allows(NEEDED[type], roles, scopes)));
}
