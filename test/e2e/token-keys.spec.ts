import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { startApp, type RunningApp } from '../support/running-app.js';

const JWT_SECRET = randomBytes(48).toString('hex');

describe.each(['EdDSA', 'HS256'])('tokens signed with %s', (algorithm) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ env: { JWT_SECRET, JWT_ALGORITHM: algorithm } });
  });
  afterAll(() => running.close());

  const keySet = async (): Promise<JSONWebKeySet> => {
    const answer = await running.http.get('/.well-known/jwks.json').expect(200).expect('Cache-Control', 'public, max-age=300');
    return answer.body as JSONWebKeySet;
  };

  it('R12 open what their roles open', async () => {
    const token = await running.token('acme-corp', 'viewer');
    await running.http.get('/api/v1/alerts').set('Authorization', `Bearer ${token}`).expect(200);
    await running.http.get('/api/v1/audit').set('Authorization', `Bearer ${token}`).expect(403);
  });

  it('R12 can be verified by others with the published keys, where there are any', async () => {
    const token = await running.token('acme-corp', 'viewer');
    const keys = await keySet();
    if (algorithm === 'HS256') return expect(keys).toEqual({ keys: [] });
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: 'gatra',
      audience: 'gatra-api',
      typ: 'at+jwt',
      algorithms: ['Ed25519'],
    });
    expect(payload).toMatchObject({ sub: 'viewer@acme-corp', grants: { 'acme-corp': ['viewer'] } });
    expect(Object.keys(keys.keys[0] ?? {}).sort((a, b) => (a < b ? -1 : 1))).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    expect(decodeProtectedHeader(token).kid).toBe(keys.keys[0]?.kid);
  });

  it('R12 of the other algorithm are refused, although the secret is the same', async () => {
    const other = await startApp({ env: { JWT_SECRET, JWT_ALGORITHM: algorithm === 'EdDSA' ? 'HS256' : 'EdDSA' } });
    const token = await other.token('acme-corp', 'viewer');
    await other.close();
    await running.http.get('/api/v1/alerts').set('Authorization', `Bearer ${token}`).expect(401);
  });
});
