import { createSecretKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { toTenantId } from '../../contracts/tenant.js';
import { SecretRing } from '../secrets/secret-ring.js';
import { AccessTokens } from './access-token.js';
import type { Principal } from './principal.js';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const NOW = Date.parse('2026-11-21T10:00:00Z');
const PRINCIPAL: Principal = {
  subject: 'jo@acme-corp',
  kind: 'person',
  grants: new Map([[toTenantId('acme-corp'), ['analyst']]]),
  platformRoles: [],
  keyId: 'k1',
  via: 'api_key',
};

const sign = (claims: Record<string, unknown>, header: Record<string, unknown> = {}, secret = SECRET): Promise<string> =>
  new SignJWT({ kind: 'person', grants: {}, roles: [], key_id: 'k1', ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
    .sign(createSecretKey(secret));

describe('access tokens', () => {
  const tokens = new AccessTokens(SecretRing.of(SECRET));
  const seconds = NOW / 1000;
  const good = { iss: 'gatra', aud: 'gatra-api', sub: 'jo', jti: 'j', iat: seconds, nbf: seconds, exp: seconds + 60, auth_time: seconds };

  it('R12 give back the principal they were issued for, until they expire', async () => {
    const { accessToken, expiresIn } = await tokens.issue(PRINCIPAL, NOW);
    expect(expiresIn).toBe(900);
    const token = { via: 'jwt', tokenId: expect.any(String), issuedAt: seconds, authTime: seconds, issuer: 'gatra' };
    expect(await tokens.read(accessToken, NOW)).toEqual({ ...PRINCIPAL, ...token });
    expect(await tokens.read(accessToken, NOW + 899_000)).toBeDefined();
    expect(await tokens.read(accessToken, NOW + 900_000)).toBeUndefined();
    expect(await tokens.read(accessToken, NOW - 1_000)).toBeUndefined();
  });

  it('trap.P14-jwt-missing-iss-aud-typ', async () => {
    expect(await tokens.read(await sign(good), NOW)).toBeDefined();
    for (const claim of Object.keys(good)) {
      expect(await tokens.read(await sign({ ...good, [claim]: undefined }), NOW)).toBeUndefined();
    }
    const wrong = [
      { iss: 'other' },
      { aud: 'other' },
      { nbf: seconds + 5 },
      { iat: seconds + 5 },
      { exp: seconds + 86_400, iat: seconds - 901 },
    ];
    for (const claims of wrong) expect(await tokens.read(await sign({ ...good, ...claims }), NOW)).toBeUndefined();
    expect(await tokens.read(await sign(good, { typ: 'JWT' }), NOW)).toBeUndefined();
  });

  it('refuse another algorithm, another key, no signature and what is too long', async () => {
    const bad = [
      await sign(good, { alg: 'HS512' }, Buffer.alloc(64, 7)),
      await sign(good, {}, Buffer.alloc(32, 7)),
      new UnsecuredJWT(good).encode(),
      await sign({ ...good, filler: 'x'.repeat(4_096) }),
      'a.b.c',
      '',
    ];
    for (const token of bad) expect(await tokens.read(token, NOW)).toBeUndefined();
  });

  it('grant only roles and tenants that exist', async () => {
    const token = await sign({
      ...good,
      grants: { 'acme-corp': ['analyst', 'emperor'], 'NOT A TENANT': ['analyst'] },
      roles: 'platform-admin',
    });
    const principal = await tokens.read(token, NOW);
    expect(principal?.grants).toEqual(new Map([['acme-corp', ['analyst']]]));
    expect(principal?.platformRoles).toEqual([]);
  });

  it('need a key of 32 bytes', () => {
    expect(() => new AccessTokens(SecretRing.of(Buffer.alloc(31)))).toThrow(RangeError);
  });
});
