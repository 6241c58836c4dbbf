import { toTenantId } from '../../contracts/tenant.js';
import type { Permission, Role } from '../auth/permissions.js';
import type { Principal } from '../auth/principal.js';
import { FEED_TYPES, permissionFor, typesFor } from './feed-types.js';

const ACME = toTenantId('acme-corp');

function holder(roles: readonly Role[], scopes: readonly Permission[] | null = null): Principal {
  return { subject: 'ann', kind: 'person', grants: new Map([[ACME, roles]]), platformRoles: [], scopes, keyId: null, via: 'jwt' };
}

describe('what may be heard of a feed', () => {
  it('is what may be read', () => {
    expect([...typesFor(holder(['viewer']), ACME)]).toEqual(FEED_TYPES);
    expect([...typesFor(holder(['collector']), ACME)]).toEqual([]);
    expect([...typesFor(holder(['viewer']), toTenantId('globex'))]).toEqual([]);
  });

  it('ends where the scopes of the credential do', () => {
    expect([...typesFor(holder(['responder'], ['stream:read', 'approvals:read']), ACME)]).toEqual([
      'approval.requested',
      'approval.decided',
    ]);
    expect([...typesFor(holder(['responder'], ['stream:read']), ACME)]).toEqual([]);
    for (const type of FEED_TYPES) expect(typesFor(holder(['viewer'], [permissionFor(type)]), ACME).has(type)).toBe(true);
  });
});
