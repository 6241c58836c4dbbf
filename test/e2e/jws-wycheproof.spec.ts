import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { isSignedBy, readJws } from '../../src/platform/auth/tokens/jws.js';
import { readJwkSet } from '../../src/platform/auth/tokens/jwk-set.js';
import { PUBLIC_KEY_ALGORITHMS, readPublicKey, type VerificationKey } from '../../src/platform/auth/tokens/verification-key.js';
import { describeWithData } from '../support/conformance-data.js';

/* Wycheproof's vectors for signatures and keys (C2SP/wycheproof). */
const SIGNATURES = 'security/wycheproof-json_web_signature_test.json';
const KEY_SETS = 'security/wycheproof-json_web_key_test.json';

interface Vectors<Key> {
  readonly testGroups: readonly {
    readonly comment: string;
    readonly public?: Key;
    readonly private?: Key;
    readonly tests: readonly { readonly tcId: number; readonly comment: string; readonly jws: string; readonly result: string }[];
  }[];
}

type FoundKey = (keyId: string) => VerificationKey | undefined;

/** The only algorithms that our verifier has; vectors of others must be refused although they are valid. */
const OURS: readonly string[] = [...PUBLIC_KEY_ALGORITHMS, 'HS256'];

/** Invalid by the file, and letter for letter the vector that is valid by the file: no verifier can tell them apart. */
const SAME_AS_VALID = new Map([
  [367, 357],
  [370, 357],
]);
/** Valid by the file, with a character that base64url does not have (RFC 7515 §2, RFC 4648 §3.3): refused. */
const NOT_BASE64URL: readonly number[] = [372, 373];
/** A weakness of a library that made keys (ROCA). Issuers are trusted to make theirs well. */
const WEAK_BY_ITS_MAKER = 7;

/** A shared secret as the verifier has it: 32 bytes at least, for HS256 and nothing else. */
function secretKey(jwk: JWK): VerificationKey | undefined {
  const bytes = Buffer.from(jwk.k ?? '', 'base64url');
  return jwk.alg === 'HS256' && bytes.length >= 32 ? { algorithm: 'HS256', key: bytes } : undefined;
}

async function accepts(jws: string, find: FoundKey): Promise<boolean> {
  const read = readJws(jws);
  const key = read && find(read.keyId);
  return read !== undefined && key !== undefined && (await isSignedBy(read, key));
}

describeWithData('AUTH-03 jws-wycheproof', [SIGNATURES, KEY_SETS], (data) => {
  it('AUTH-03 of 401 signatures none that is invalid is taken, and none of our algorithms that is valid is refused', async () => {
    const faults: string[] = [];
    const counts: Record<string, number> = {};
    const { testGroups } = JSON.parse(readFileSync(join(data, SIGNATURES), 'utf8')) as Vectors<JWK>;
    const texts = new Map(testGroups.flatMap(({ tests }) => tests.map(({ tcId, jws }) => [tcId, jws])));
    for (const [invalid, valid] of SAME_AS_VALID) expect(texts.get(invalid)).toBe(texts.get(valid));
    for (const id of NOT_BASE64URL) expect(texts.get(id)).toMatch(/[^A-Za-z0-9._-]/);
    for (const group of testGroups) {
      const jwk = group.public ?? group.private ?? { kty: 'none' };
      const key = jwk.kty === 'oct' ? secretKey(jwk) : await readPublicKey(jwk, PUBLIC_KEY_ALGORITHMS);
      for (const { tcId, comment, jws, result } of group.tests) {
        const accepted = await accepts(jws, (keyId) => (keyId === jwk.kid ? key : undefined));
        if (SAME_AS_VALID.has(tcId) || NOT_BASE64URL.includes(tcId)) {
          counts['argued'] = (counts['argued'] ?? 0) + 1;
          if (accepted !== SAME_AS_VALID.has(tcId)) faults.push(`${tcId} ${comment}`);
          continue;
        }
        const isOurs = OURS.includes(algorithmOf(jws)) && OURS.includes(jwk.alg ?? '');
        const outcome = `${result}${result === 'valid' && !isOurs ? ' (another algorithm)' : ''}, ${accepted ? 'accepted' : 'refused'}`;
        counts[outcome] = (counts[outcome] ?? 0) + 1;
        if (accepted !== (result === 'valid' && isOurs)) faults.push(`${tcId} ${group.comment} ${comment}: ${outcome}`);
      }
    }
    process.stdout.write(`AUTH-03 ${JSON.stringify(counts)}\n`);
    expect(faults).toEqual([]);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(401);
    expect(counts['valid, accepted']).toBeGreaterThan(20);
  });

  it('AUTH-03 of 26 key sets none that is weak, ambiguous or for something else opens anything', async () => {
    const faults: string[] = [];
    const { testGroups } = JSON.parse(readFileSync(join(data, KEY_SETS), 'utf8')) as Vectors<{ readonly keys: readonly JWK[] }>;
    for (const group of testGroups) {
      const content = group.public ?? group.private ?? { keys: [] };
      const keys = await readJwkSet(content, PUBLIC_KEY_ALGORITHMS);
      for (const { tcId, comment, jws, result } of group.tests) {
        const accepted = await accepts(jws, (keyId) => keys.get(keyId));
        const isPublic = content.keys.every(({ kty }) => kty !== 'oct');
        if (accepted !== (result === 'valid' && isPublic) && tcId !== WEAK_BY_ITS_MAKER) faults.push(`${tcId} ${comment}: ${accepted}`);
      }
    }
    expect(faults).toEqual([]);
  });
});

/** Whatever the header says, also where it is refused. */
function algorithmOf(jws: string): string {
  const header = Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString();
  return /"alg"\s*:\s*"(\w+)"/.exec(header)?.[1] ?? '';
}
