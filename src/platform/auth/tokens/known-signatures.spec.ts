import { randomBytes } from 'node:crypto';
import { encode, mint, withHs256 } from '../../../../test/support/mint-token.js';
import { readJws, type Jws } from './jws.js';
import { KnownSignatures } from './known-signatures.js';
import type { VerificationKey } from './verification-key.js';

const SECRET = randomBytes(32);
const TOKEN = mint({ alg: 'HS256', kid: 'k' }, { sub: 'jo' }, withHs256(SECRET));

function read(token: string): Jws {
  const jws = readJws(token);
  if (!jws) throw new Error('no token');
  return jws;
}

describe('signatures that are known', () => {
  it('R12 are verified once', async () => {
    const key = { algorithm: 'HS256', key: Buffer.from(SECRET) } as const;
    const known = new KnownSignatures();
    expect(await known.isSignedBy(read(TOKEN), key)).toBe(true);
    key.key.fill(0);
    expect(await new KnownSignatures().isSignedBy(read(TOKEN), key)).toBe(false);
    expect(await known.isSignedBy(read(TOKEN), key)).toBe(true);
  });

  it('R12 are of one token and one key: nothing else is known by them, and a bad one never is', async () => {
    const key: VerificationKey = { algorithm: 'HS256', key: SECRET };
    const known = new KnownSignatures();
    await known.isSignedBy(read(TOKEN), key);
    const [header, , signature] = TOKEN.split('.');
    const forged = read(`${header}.${encode({ sub: 'admin' })}.${signature}`);
    for (let i = 0; i < 3; i++) expect(await known.isSignedBy(forged, key)).toBe(false);
    expect(await known.isSignedBy(read(TOKEN), { algorithm: 'HS256', key: randomBytes(32) })).toBe(false);
  });
});
