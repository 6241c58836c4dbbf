import { createPublicKey, verify } from 'node:crypto';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from 'jose';
import { toTenantId } from '../../../contracts/tenant.js';
import { SecretRing } from '../../secrets/secret-ring.js';
import type { Principal } from '../principal.js';
import { localIssuer } from './local-issuer.js';
import { LocalKeys } from './local-keys.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenVerifier } from './token-verifier.js';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const NEXT_SECRET = Buffer.from('fedcba9876543210fedcba9876543210');
const NOW = Date.parse('2026-11-21T10:00:00Z');
const SECONDS = NOW / 1000;
const PRINCIPAL: Principal = {
  subject: 'jo@acme-corp',
  kind: 'person',
  grants: new Map([
    [toTenantId('acme-corp'), ['analyst']],
    [toTenantId('globex'), ['viewer', 'responder']],
  ]),
  platformRoles: [],
  keyId: 'k1',
  via: 'api_key',
};

describe.each(['EdDSA', 'HS256'] as const)('access tokens with %s', (algorithm) => {
  const keys = new LocalKeys(SecretRing.of(SECRET), algorithm);
  const issuer = new TokenIssuer(keys);
  const verifier = new TokenVerifier([localIssuer(keys)]);

  it('R12 give back the principal they were issued for, until they expire', async () => {
    const { accessToken, expiresIn } = await issuer.issue(PRINCIPAL, NOW);
    expect(expiresIn).toBe(900);
    const token = {
      via: 'jwt',
      tokenId: expect.any(String),
      issuedAt: SECONDS,
      expiresAt: SECONDS + 900,
      authTime: SECONDS,
      issuer: 'gatra',
    };
    expect(await verifier.verify(accessToken, NOW)).toEqual({ ...PRINCIPAL, ...token });
    expect(await verifier.verify(accessToken, NOW + 899_999)).toBeDefined();
    expect(await verifier.verify(accessToken, NOW + 900_000)).toBeUndefined();
  });

  it('R12 are taken by an instance whose clock is two seconds behind, and no more', async () => {
    const { accessToken } = await issuer.issue(PRINCIPAL, NOW);
    expect(await verifier.verify(accessToken, NOW - 2_000)).toBeDefined();
    expect(await verifier.verify(accessToken, NOW - 2_001)).toBeUndefined();
  });

  it('R12 have every claim of RFC 9068 and a key id', async () => {
    const { accessToken } = await issuer.issue(PRINCIPAL, NOW);
    const { kid } = await keys.current();
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: algorithm === 'EdDSA' ? 'Ed25519' : 'HS256', typ: 'at+jwt', kid });
    expect(decodeJwt(accessToken)).toEqual({
      iss: 'gatra',
      aud: 'gatra-api',
      sub: 'jo@acme-corp',
      kind: 'person',
      grants: { 'acme-corp': ['analyst'], globex: ['viewer', 'responder'] },
      roles: [],
      key_id: 'k1',
      auth_time: SECONDS,
      iat: SECONDS,
      nbf: SECONDS,
      exp: SECONDS + 900,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(decodeJwt((await issuer.issue(PRINCIPAL, NOW)).accessToken).jti).not.toBe(decodeJwt(accessToken).jti);
  });

  it('R12 are taken by every instance with the same secret, and by none with another', async () => {
    const { accessToken } = await issuer.issue(PRINCIPAL, NOW);
    const read = (secret: Buffer): Promise<Principal | undefined> =>
      new TokenVerifier([localIssuer(new LocalKeys(SecretRing.of(secret), algorithm))]).verify(accessToken, NOW);
    expect(await read(Buffer.from(SECRET))).toBeDefined();
    expect(await read(NEXT_SECRET)).toBeUndefined();
  });

  it('R12 R66 outlive the replacement of the secret as long as its old version is live', async () => {
    const ring = SecretRing.of(SECRET, '1');
    const ringKeys = new LocalKeys(ring, algorithm);
    const ringVerifier = new TokenVerifier([localIssuer(ringKeys)]);
    const before = (await new TokenIssuer(ringKeys).issue(PRINCIPAL, NOW)).accessToken;
    ring.replace([
      { version: '2', bytes: NEXT_SECRET },
      { version: '1', bytes: SECRET },
    ]);
    const after = (await new TokenIssuer(ringKeys).issue(PRINCIPAL, NOW)).accessToken;
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    expect(await ringVerifier.verify(before, NOW)).toBeDefined();
    expect(await ringVerifier.verify(after, NOW)).toBeDefined();
    ring.replace([{ version: '2', bytes: NEXT_SECRET }]);
    expect(await ringVerifier.verify(before, NOW)).toBeUndefined();
    expect(await ringVerifier.verify(after, NOW)).toBeDefined();
  });

  it('R12 need secrets of 32 bytes', () => {
    expect(() => new LocalKeys(SecretRing.of(Buffer.alloc(31)), algorithm)).toThrow(RangeError);
  });
});

describe('published keys', () => {
  it('R12 verify tokens with nothing else, and are named by their thumbprints', async () => {
    const keys = new LocalKeys(SecretRing.of(SECRET), 'EdDSA');
    const { accessToken } = await new TokenIssuer(keys).issue(PRINCIPAL, NOW);
    const [jwk] = await keys.published();
    expect(jwk).toEqual({ kty: 'OKP', crv: 'Ed25519', alg: 'Ed25519', use: 'sig', kid: expect.any(String), x: expect.any(String) });
    expect(await calculateJwkThumbprint({ ...jwk! })).toBe(jwk!.kid);
    const [header, payload, signature = ''] = accessToken.split('.');
    const key = createPublicKey({ key: { ...jwk! }, format: 'jwk' });
    expect(verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('R12 are derived as documented, so that they never change by accident', async () => {
    const [jwk] = await new LocalKeys(SecretRing.of(SECRET), 'EdDSA').published();
    expect([jwk!.x, jwk!.kid]).toEqual(['zObmHI5g7VhvJYz-K4shnvs0DVpWTcyeT--pGXbLwQI', 'hF49_tL73fd_M9k_aCft87RphMQGm9h8eMTf-6oI-v8']);
  });

  it('R12 are none with a shared secret, whose id tells nothing of it', async () => {
    const keys = new LocalKeys(SecretRing.of(SECRET), 'HS256');
    expect(await keys.published()).toEqual([]);
    const { kid } = await keys.current();
    expect(kid).not.toBe(await calculateJwkThumbprint({ kty: 'oct', k: SECRET.toString('base64url') }));
  });
});
