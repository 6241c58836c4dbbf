import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { encode, mint, withEd25519, withEs256, withHs256, withRs256, type Signer } from '../../../../test/support/mint-token.js';
import { isSignedBy, readJws } from './jws.js';
import { readJwkSet } from './jwk-set.js';
import { PUBLIC_KEY_ALGORITHMS, readPublicKey, type VerificationKey } from './verification-key.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const SECRET = Buffer.alloc(32, 7);
const PAYLOAD = 'payload';

const withPs256 =
  (key: KeyObject, saltLength = 32): Signer =>
  (input) =>
    sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

/** The curve's order, 32 bytes (FIPS 186-5; SEC 2 §2.4.2). */
const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
const ZERO = Buffer.alloc(32);
const always =
  (...parts: Buffer[]): Signer =>
  () =>
    Buffer.concat(parts);

const jwkOf = (key: KeyObject, more: Partial<JWK> = {}): JWK => ({ ...(key.export({ format: 'jwk' }) as JWK), ...more });
const header = (alg: string): object => ({ alg, kid: 'k' });

async function keyFor(algorithm: string): Promise<VerificationKey> {
  if (algorithm === 'HS256') return { algorithm, key: SECRET };
  const pair = { ES256: ec, RS256: rsa, PS256: rsa, Ed25519: ed }[algorithm];
  const key = pair && (await readPublicKey(jwkOf(pair.publicKey, { alg: algorithm }), PUBLIC_KEY_ALGORITHMS));
  if (!key) throw new Error(`no key for ${algorithm}`);
  return key;
}

async function accepts(token: string, algorithm: string): Promise<boolean> {
  const jws = readJws(token);
  return jws !== undefined && isSignedBy(jws, await keyFor(algorithm));
}

const SIGNERS: readonly [string, Signer][] = [
  ['HS256', withHs256(SECRET)],
  ['ES256', withEs256(ec.privateKey)],
  ['RS256', withRs256(rsa.privateKey)],
  ['PS256', withPs256(rsa.privateKey)],
  ['Ed25519', withEd25519(ed.privateKey)],
];

describe('AUTH-03 signatures, in the spirit of Wycheproof', () => {
  it.each(SIGNERS)('AUTH-03 %s: takes what is signed, whatever the payload, and nothing that was changed', async (algorithm, signer) => {
    for (const payload of ['', 'x', PAYLOAD, Buffer.alloc(20)])
      expect(await accepts(mint(header(algorithm), payload, signer), algorithm)).toBe(true);
    const [first = '', second = '', third = ''] = mint(header(algorithm), PAYLOAD, signer).split('.');
    const flipped = Buffer.from(third, 'base64url').map((byte, position) => (position === 0 ? byte ^ 1 : byte));
    const changed = [
      `${first}.${second}.${encode(Buffer.from(flipped))}`,
      `${first}.${second}.`,
      `${first}.${second}`,
      `${first}..${third}`,
      `.${second}.${third}`,
      `${first}.${encode('Payload')}.${third}`,
      `${encode({ ...header(algorithm), x: 1 })}.${second}.${third}`,
      `${first}.${second}.${third}AAAA`,
      `${first}.${second}.${third.slice(0, -4)}`,
      `${first}.${second}. ${third}`,
      `${first}.${second}?.${third}`,
    ];
    for (const token of changed) expect([token, await accepts(token, algorithm)]).toEqual([token, false]);
  });

  it.each(SIGNERS)('AUTH-03 %s: a key of another algorithm takes nothing, whatever the header says', async (algorithm, signer) => {
    for (const [other] of SIGNERS.filter(([name]) => name !== algorithm)) {
      expect([other, await accepts(mint(header(algorithm), PAYLOAD, signer), other)]).toEqual([other, false]);
      expect([other, await accepts(mint(header(other), PAYLOAD, signer), other)]).toEqual([other, false]);
    }
  });

  it.each<[string, Signer]>([
    ['r and s of zero', always(ZERO, ZERO)],
    ['r of zero', always(ZERO, ORDER)],
    ['r and s of the order', always(ORDER, ORDER)],
    ['r and s of all ones', always(Buffer.alloc(64, 0xff))],
    ['the DER form', (input) => sign('sha256', input, ec.privateKey)],
    ['zeros behind', (input) => Buffer.concat([withEs256(ec.privateKey)(input), ZERO])],
    ['zeros before', (input) => Buffer.concat([Buffer.alloc(2), withEs256(ec.privateKey)(input)])],
    ['half of it', (input) => withEs256(ec.privateKey)(input).subarray(0, 32)],
    ['SHA-512', (input) => sign('sha512', input, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })],
  ])('AUTH-03 ES256: refuses %s', async (_what, signer) => {
    expect(await accepts(mint(header('ES256'), PAYLOAD, signer), 'ES256')).toBe(false);
  });

  it.each<[string, string, Signer]>([
    ['RS256', 'PSS padding', withPs256(rsa.privateKey)],
    ['RS256', 'SHA-1', (input) => sign('sha1', input, rsa.privateKey)],
    ['RS256', 'SHA-512', (input) => sign('sha512', input, rsa.privateKey)],
    ['RS256', 'a signature of zeros', always(Buffer.alloc(256))],
    ['PS256', 'PKCS #1 v1.5 padding', withRs256(rsa.privateKey)],
    ['PS256', 'no salt', withPs256(rsa.privateKey, 0)],
    ['PS256', 'a longer salt', withPs256(rsa.privateKey, 64)],
  ])('AUTH-03 %s: refuses %s', async (algorithm, _what, signer) => {
    expect(await accepts(mint(header(algorithm), PAYLOAD, signer), algorithm)).toBe(false);
  });
});

describe('AUTH-03 keys of others', () => {
  const good = jwkOf(ec.publicKey, { kid: 'k', alg: 'ES256', use: 'sig' });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const small = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey;

  it('AUTH-03 are taken for the one algorithm that they name, or the first allowed one that fits', async () => {
    expect((await readPublicKey(good, PUBLIC_KEY_ALGORITHMS))?.algorithm).toBe('ES256');
    expect((await readPublicKey(jwkOf(rsa.publicKey), ['PS256', 'RS256']))?.algorithm).toBe('PS256');
    expect((await readPublicKey(jwkOf(ed.publicKey, { key_ops: ['verify'] }), ['EdDSA']))?.algorithm).toBe('EdDSA');
  });

  it.each<[string, JWK]>([
    ['for encryption', { ...good, use: 'enc' }],
    ['to sign with', { ...good, key_ops: ['sign'] }],
    ['a private key', jwkOf(ec.privateKey)],
    ['a shared secret', { kty: 'oct', k: SECRET.toString('base64url'), alg: 'HS256' }],
    ['an RSA key of 1024 bits', jwkOf(weak)],
    ['an RSA key with exponent 3', jwkOf(small)],
    ['an RSA key with exponent 1', jwkOf(rsa.publicKey, { e: 'AQ' })],
    ['an RSA key without a modulus', { kty: 'RSA', e: 'AQAB' }],
    ['another curve', jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['the algorithm of another curve', { ...good, alg: 'ES512' }],
    ['the algorithm of another kind', { ...good, alg: 'RS256' }],
    ['a point that is not on the curve', { ...good, y: good.x! }],
    ['another curve by name', { ...good, crv: 'P-384' }],
    ['another kind by name', { ...good, kty: 'RSA' }],
    ['no algorithm at all', { ...good, alg: 'none' }],
    ['X25519', jwkOf(generateKeyPairSync('x25519').publicKey)],
  ])('AUTH-03 are refused: %s', async (_what, jwk) => {
    expect(await readPublicKey(jwk, PUBLIC_KEY_ALGORITHMS)).toBeUndefined();
  });

  it('AUTH-03 are refused where the issuer may not use their algorithm', async () => {
    expect(await readPublicKey(good, ['RS256'])).toBeUndefined();
  });

  it('AUTH-03 a set gives no key for an id that several have, and none without an id', async () => {
    const set = await readJwkSet(
      { keys: [good, { ...good, kid: 'twice' }, { ...jwkOf(ed.publicKey), kid: 'twice' }, jwkOf(rsa.publicKey), null, 7] },
      PUBLIC_KEY_ALGORITHMS,
    );
    expect([...set.keys()]).toEqual(['k']);
    for (const none of [null, [], {}, { keys: {} }, 'keys'])
      await expect(readJwkSet(none, PUBLIC_KEY_ALGORITHMS)).rejects.toThrow('no key set');
  });
});
