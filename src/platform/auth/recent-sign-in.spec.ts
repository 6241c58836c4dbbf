import type { Principal } from './principal.js';
import { requireRecentSignIn } from './recent-sign-in.js';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const SECONDS = NOW / 1000;
const PERSON: Principal = {
  subject: 'jo',
  kind: 'person',
  grants: new Map(),
  platformRoles: [],
  keyId: 'k',
  via: 'jwt',
  authTime: SECONDS,
};
const check = (principal: Principal) => (): void => requireRecentSignIn(principal, NOW);

describe('AUTH-07 step-up', () => {
  it('AUTH-07 lets in a person who signed in 15 minutes ago at most', () => {
    for (const authTime of [SECONDS, SECONDS - 900, SECONDS + 60]) expect(check({ ...PERSON, authTime })).not.toThrow();
  });

  it.each<[string, Partial<Principal>, string]>([
    ['a sign-in of longer ago', { authTime: SECONDS - 901 }, 'recent-sign-in-needed'],
    ['a sign-in to come', { authTime: SECONDS + 61 }, 'recent-sign-in-needed'],
    ['a collector', { kind: 'collector' }, 'forbidden'],
    ['a service', { kind: 'service' }, 'forbidden'],
    ['an API key', { via: 'api_key' }, 'forbidden'],
  ])('AUTH-07 refuses %s', (_what, changed, type) => {
    expect(check({ ...PERSON, ...changed })).toThrow(expect.objectContaining({ type, status: 403 }));
  });

  it('AUTH-07 refuses a token that does not say when its holder signed in', () => {
    const { authTime: _, ...principal } = PERSON;
    expect(check(principal)).toThrow(
      expect.objectContaining({ type: 'recent-sign-in-needed', detail: expect.stringContaining('auth_time') }),
    );
  });
});
