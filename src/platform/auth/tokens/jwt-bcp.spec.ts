import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { encode, localSigner, mint, withEd25519, withHs256, withRs256, type Signer } from '../../../../test/support/mint-token.js';
import { SecretRing } from '../../secrets/secret-ring.js';
import type { Principal } from '../principal.js';
import { deriveEd25519Key } from './derive-key.js';
import { localIssuer } from './local-issuer.js';
import { LocalKeys } from './local-keys.js';
import { TokenVerifier } from './token-verifier.js';

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const NOW = Date.parse('2026-11-21T10:00:00Z');
const SECONDS = NOW / 1000;
const CLAIMS = {
  iss: 'gatra',
  aud: 'gatra-api',
  sub: 'jo@acme-corp',
  kind: 'person',
  grants: { 'acme-corp': ['analyst'] },
  roles: [],
  key_id: 'k1',
  auth_time: SECONDS,
  iat: SECONDS,
  nbf: SECONDS,
  exp: SECONDS + 900,
  jti: 'j1',
};

const { header: HEADER, signer } = localSigner(SECRET);
const NOBODY: Signer = () => Buffer.alloc(0);
const { publicJwk } = deriveEd25519Key(SECRET);
const publicKey = createPublicKey({ key: { ...publicJwk }, format: 'jwk' });
const stranger = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangerJwk = stranger.publicKey.export({ format: 'jwk' });
const good = mint(HEADER, CLAIMS, signer);
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.');

const header = (members: Record<string, unknown>, by: Signer = signer): string => mint({ ...HEADER, ...members }, CLAIMS, by);
const claims = (changed: Record<string, unknown>): string => mint(HEADER, { ...CLAIMS, ...changed }, signer);
const without = (claim: string): string => claims({ [claim]: undefined });
const text = (from: string, to: string): string => mint(HEADER, JSON.stringify(CLAIMS).replace(from, to), signer);

const CASES: [section: string, what: string, token: string][] = [
  ['3.1', 'alg none', mint({ ...HEADER, alg: 'none' }, CLAIMS, NOBODY)],
  ['3.1', 'alg None', mint({ ...HEADER, alg: 'None' }, CLAIMS, NOBODY)],
  ['3.1', 'alg NoNe', mint({ ...HEADER, alg: 'NoNe' }, CLAIMS, NOBODY)],
  ['3.1', 'alg nOnE with a good signature', header({ alg: 'nOnE' })],
  ['3.1', 'no alg', header({ alg: undefined })],
  ['3.1', 'an empty alg', header({ alg: '' })],
  ['3.1', 'an alg that is a list', header({ alg: ['Ed25519'] })],
  ['3.1', 'alg in another case', header({ alg: 'ed25519' })],
  ['3.1', 'the key as HMAC secret, raw', header({ alg: 'HS256' }, withHs256(Buffer.from(publicJwk.x, 'base64url')))],
  [
    '3.1',
    'the key as HMAC secret, PEM',
    header({ alg: 'HS256' }, withHs256(Buffer.from(publicKey.export({ format: 'pem', type: 'spki' })))),
  ],
  ['3.1', 'the secret itself as HMAC secret', header({ alg: 'HS256' }, withHs256(SECRET))],
  ['3.1', "the key's algorithm by its other name", header({ alg: 'EdDSA' })],
  ['3.1', 'RS256 with a key of its own', header({ alg: 'RS256' }, withRs256(rsa.privateKey))],
  ['3.2', 'an algorithm that nobody has', header({ alg: 'XS999' })],
  ['3.2', 'alg __proto__', header({ alg: '__proto__' })],
  ['3.3', 'a signature of another key', header({}, withEd25519(stranger.privateKey))],
  ['3.3', 'an empty signature', `${goodHeader}.${goodPayload}.`],
  ['3.3', 'a shortened signature', good.slice(0, -4)],
  ['3.3', 'a signature of zeros', `${goodHeader}.${goodPayload}.${encode(Buffer.alloc(64))}`],
  ['3.3', 'a lengthened signature', `${goodHeader}.${goodPayload}.${goodSignature}AAAA`],
  ['3.3', 'a header that was not signed', `${encode({ ...HEADER, x: 1 })}.${goodPayload}.${goodSignature}`],
  ['3.3', 'claims that were not signed', `${goodHeader}.${encode({ ...CLAIMS, roles: ['platform-admin'] })}.${goodSignature}`],
  ['3.3', 'a nested token', mint({ ...HEADER, cty: 'JWT' }, good, signer)],
  ['3.4', 'padding', `${good}=`],
  ['3.4', 'white space inside', `${goodHeader}. ${goodPayload}.${goodSignature}`],
  ['3.4', 'a line end behind', `${good}\n`],
  ['3.4', 'the alphabet of base64', header({ typ: 'at+jwt', x: '>>>???' }).replaceAll('-', '+').replaceAll('_', '/')],
  ['3.4', 'bits left over in the signature', good.slice(0, -1) + nextInAlphabet(good.at(-1) ?? '')],
  ['3.5', 'a key derived from an empty secret', foreign(Buffer.alloc(0))],
  ['3.6', 'compressed claims', mint({ ...HEADER, zip: 'DEF' }, deflateRawSync(JSON.stringify(CLAIMS)), signer)],
  ['3.6', 'an encrypted token', `${encode({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 1e9, kid: HEADER['kid'] })}.a.b.c.d`],
  ['3.7', 'claims that are no UTF-8', mint(HEADER, Buffer.concat([Buffer.from(JSON.stringify(CLAIMS)), Buffer.from([0xff])]), signer)],
  ['3.7', 'claims in UTF-16', mint(HEADER, Buffer.from(JSON.stringify(CLAIMS), 'utf16le'), signer)],
  ['3.7', 'a byte order mark', mint(HEADER, `\uFEFF${JSON.stringify(CLAIMS)}`, signer)],
  ['3.8', 'no issuer', without('iss')],
  ['3.8', 'another issuer', claims({ iss: 'other' })],
  ['3.8', 'an issuer in another case', claims({ iss: 'Gatra' })],
  ['3.8', 'a list of issuers', claims({ iss: ['gatra'] })],
  ['3.8', 'an issuer that is a member of every object', claims({ iss: 'constructor' })],
  ['3.8', 'no subject', without('sub')],
  ['3.8', 'an empty subject', claims({ sub: '' })],
  ['3.8', 'a subject that is a number', claims({ sub: 7 })],
  ['3.8', 'a subject with a line end', claims({ sub: 'jo\nadmin' })],
  ['3.8', 'a subject of 256 characters', claims({ sub: 'x'.repeat(256) })],
  ['3.9', 'no audience', without('aud')],
  ['3.9', 'another audience', claims({ aud: 'gatra' })],
  ['3.9', 'other audiences', claims({ aud: ['a', 'b'] })],
  ['3.9', 'an audience inside another', claims({ aud: 'gatra-api-2' })],
  ['3.9', 'an audience that is an object', claims({ aud: { 'gatra-api': true } })],
  ['3.10', 'no key id', header({ kid: undefined })],
  ['3.10', 'an unknown key id', header({ kid: 'k' })],
  ['3.10', 'a key id that is a path', header({ kid: '../../../../dev/null' }, withHs256(Buffer.alloc(0)))],
  ['3.10', 'a key id that is SQL', header({ kid: "x' UNION SELECT 'a" }, withHs256(Buffer.from('a')))],
  ['3.10', 'a key id that is a member of every object', header({ kid: '__proto__' })],
  ['3.10', 'a key id that is a number', header({ kid: 1 })],
  ['3.10', 'a key that the token brings (jwk)', header({ jwk: strangerJwk }, withEd25519(stranger.privateKey))],
  ['3.10', 'jwk, well signed', header({ jwk: publicJwk })],
  ['3.10', 'jku', header({ jku: 'https://attacker.example/keys' })],
  ['3.10', 'x5u', header({ x5u: 'http://169.254.169.254/' })],
  ['3.10', 'x5c', header({ x5c: ['AAAA'] })],
  ['3.10', 'crit', header({ crit: ['exp'], exp: 1 })],
  ['3.10', 'an empty crit', header({ crit: [] })],
  ['3.10', 'an unencoded payload', header({ b64: false, crit: ['b64'] })],
  ['3.11', 'no type', header({ typ: undefined })],
  ['3.11', 'typ JWT', header({ typ: 'JWT' })],
  ['3.11', 'the type of a logout token', header({ typ: 'logout+jwt' })],
  ['3.11', 'a type that is a list', header({ typ: ['at+jwt'] })],
  ['3.12', "an identity token's claims", mint({ ...HEADER, typ: 'JWT' }, { ...CLAIMS, nonce: 'n', aud: 'client' }, signer)],
  ['3.12', 'no kind of holder', without('kind')],
  ['3.12', 'no key that it was exchanged for', without('key_id')],
  ['times', 'no expiry', without('exp')],
  ['times', 'an expiry that has come', claims({ iat: SECONDS - 900, nbf: SECONDS - 900, exp: SECONDS })],
  ['times', 'an expiry that is text', claims({ exp: String(SECONDS + 60) })],
  ['times', 'an expiry in milliseconds', claims({ exp: (SECONDS + 60) * 1000 })],
  ['times', 'an expiry far away', claims({ exp: SECONDS + 901 })],
  ['times', 'an endless expiry', text(`"exp":${SECONDS + 900}`, '"exp":1e999')],
  ['times', 'a negative time of issue', claims({ iat: -1 })],
  ['times', 'no time of issue', without('iat')],
  ['times', 'a time of issue to come', claims({ iat: SECONDS + 3, exp: SECONDS + 60 })],
  ['times', 'no nbf', without('nbf')],
  ['times', 'nbf to come', claims({ nbf: SECONDS + 3 })],
  ['times', 'nbf that is null', claims({ nbf: null })],
  ['times', 'no id', without('jti')],
  ['times', 'no time of the sign-in', without('auth_time')],
  ['bis', 'flattened JSON serialisation', JSON.stringify({ protected: goodHeader, payload: goodPayload, signature: goodSignature })],
  [
    'bis',
    'general JSON serialisation',
    JSON.stringify({ payload: goodPayload, signatures: [{ protected: goodHeader, signature: goodSignature }] }),
  ],
  ['bis', 'four parts', `${good}.${goodSignature}`],
  ['bis', 'two parts', `${goodHeader}.${goodPayload}`],
  ['bis', 'a claim twice', text('"sub":', '"sub":"root","sub":')],
  ['bis', 'a claim twice, once escaped', text('"sub":', '"s\\u0075b":"root","sub":')],
  ['bis', 'a member twice, deep inside', text('"acme-corp":', '"acme-corp":[],"acme-corp":')],
  ['bis', 'a header member twice', mint(`{"alg":"none",${JSON.stringify(HEADER).slice(1)}`, CLAIMS, signer)],
  ['bis', 'claims that are a list', mint(HEADER, [CLAIMS], signer)],
  ['bis', 'claims that are null', mint(HEADER, 'null', signer)],
  ['bis', 'no claims', mint(HEADER, '', signer)],
  ['bis', 'a header that is a list', mint([HEADER], CLAIMS, signer)],
  ['bis', 'more than 4 KiB', claims({ filler: 'x'.repeat(4_096) })],
  ['bis', 'a token of 1 MiB', claims({ filler: 'x'.repeat(1_048_576) })],
  ['bis', 'nothing', ''],
  ['bis', 'dots', '..'],
];

function foreign(secret: Buffer): string {
  const other = localSigner(secret);
  return mint(other.header, CLAIMS, other.signer);
}

/** Another last character of base64url text with the same bytes: only its unused bits differ. */
function nextInAlphabet(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) ^ 1] ?? '';
}

describe('AUTH-04 jwt-bcp', () => {
  const verifier = new TokenVerifier([localIssuer(new LocalKeys(SecretRing.of(SECRET), 'EdDSA'))]);
  const read = (token: string): Promise<Principal | undefined> => verifier.verify(token, NOW);

  it('AUTH-04 takes what is good, so that the refusals mean something', async () => {
    const taken = [good, header({ typ: 'application/at+jwt' }), header({ typ: 'AT+JWT' }), claims({ aud: ['other', 'gatra-api'] })];
    for (const token of taken) expect(await read(token)).toMatchObject({ subject: 'jo@acme-corp' });
    expect(CASES.length).toBeGreaterThanOrEqual(40);
  });

  it.each(CASES)('AUTH-04 RFC 8725 %s: refuses %s', async (_section, _what, token) => {
    expect(await read(token)).toBeUndefined();
  });

  it('trap.P14-jwt-missing-iss-aud-typ', async () => {
    for (const token of [without('iss'), without('aud'), header({ typ: undefined }), without('jti'), without('nbf')]) {
      expect(await read(token)).toBeUndefined();
    }
  });

  it('AUTH-04 a token grants only roles and tenants that exist', async () => {
    const token = claims({ grants: { 'acme-corp': ['analyst', 'emperor'], 'NOT A TENANT': ['analyst'] }, roles: 'platform-admin' });
    expect(await read(token)).toMatchObject({ grants: new Map([['acme-corp', ['analyst']]]), platformRoles: [] });
  });
});
