declare const brand: unique symbol;

/** Identifier of a tenant: 3–64 of `[a-z0-9-]`, starting with a letter and ending with a letter or digit. */
export type TenantId = string & { readonly [brand]: 'TenantId' };

const TENANT_ID = /^[a-z][a-z0-9-]{1,62}[a-z0-9]$/;

/** Tells whether a string has the form of a tenant identifier. */
export function isTenantId(value: unknown): value is TenantId {
  return typeof value === 'string' && TENANT_ID.test(value);
}

/**
 * Brands a string as a tenant identifier.
 * @throws TypeError when it does not have the form of one.
 */
export function toTenantId(value: string): TenantId {
  if (!isTenantId(value)) throw new TypeError('not a tenant id: 3-64 of [a-z0-9-], starting with a letter');
  return value;
}
