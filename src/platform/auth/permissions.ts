/** Roles, least first. A role is held in one tenant, except platform-admin, which is held over the platform. */
export const ROLES = ['collector', 'viewer', 'analyst', 'responder', 'tenant-admin', 'platform-admin', 'service'] as const;

export type Role = (typeof ROLES)[number];

const READERS = ['viewer', 'analyst', 'responder', 'tenant-admin'] as const;
const ANALYSTS = ['analyst', 'responder', 'tenant-admin'] as const;

/** The one table of who may do what. What is not listed is refused. */
export const PERMISSIONS = {
  'events:ingest': ['collector', ...ANALYSTS],
  'events:read': READERS,
  'alerts:read': READERS,
  'alerts:write': ANALYSTS,
  'alerts:feedback': ANALYSTS,
  'incidents:read': READERS,
  'incidents:write': ANALYSTS,
  'containment:read': READERS,
  'containment:request': ANALYSTS,
  'containment:revert': ['responder'],
  'approvals:read': READERS,
  'approvals:decide': ['responder'],
  'edl:manage': ['tenant-admin'],
  'webhooks:manage': ['tenant-admin'],
  'stream:read': READERS,
  'audit:read': ['responder', 'tenant-admin'],
  'intel:read': READERS,
  'intel:write': ['analyst', 'responder', 'tenant-admin'],
  'rules:read': READERS,
  'rules:write': ANALYSTS,
  'rate-limit:read': READERS,
  'accounting:read': READERS,
  'tenants:read-own': READERS,
  'keys:manage': ['tenant-admin', 'platform-admin'],
  'tenants:manage': ['platform-admin'],
  'platform:operate': ['platform-admin'],
  'platform:audit': ['platform-admin'],
  'metrics:read': ['platform-admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as readonly Permission[];

/** Tells whether any of the roles held has the permission, and the credential's scopes, where it has any, leave it. */
export function allows(permission: Permission, roles: readonly Role[], scopes: readonly Permission[] | null = null): boolean {
  const holders: readonly Role[] = PERMISSIONS[permission];
  return (scopes === null || scopes.includes(permission)) && roles.some((role) => holders.includes(role));
}
