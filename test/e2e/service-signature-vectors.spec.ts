import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { SecretRing } from '../../src/platform/secrets/secret-ring.js';
import { SignatureRefused } from '../../src/platform/service-auth/domain/signature-refused.js';
import { ServiceKeys } from '../../src/platform/service-auth/service-keys.js';
import { SERVICES } from '../../src/platform/service-auth/service-name.js';
import { ServiceVerifier } from '../../src/platform/service-auth/service-verifier.js';
import { makeVectors, receivedHead, VECTOR_SECRET, VECTOR_TIME, type SignatureVector } from '../support/signature-vectors.js';

const FILE = 'docs/service-signatures/vectors.json';
const PYTHON = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0;
const itWithPython = PYTHON || process.env['GATRA_REQUIRE_SERVICES'] === '1' ? it : it.skip;

const document = { secret: VECTOR_SECRET, checked_at: VECTOR_TIME, vectors: makeVectors() };
// GATRA_WRITE_VECTORS=1 writes them anew, which is a change of the protocol.
if (process.env['GATRA_WRITE_VECTORS'] === '1') writeFileSync(FILE, `${JSON.stringify(document, null, 2)}\n`);

describe('the published test vectors', () => {
  const published = JSON.parse(readFileSync(FILE, 'utf8')) as typeof document;

  it('SIG-03 are at least 40 of both kinds, and are made again byte for byte', () => {
    const own = published.vectors.filter(({ profile }) => profile === 'gatra');
    expect(own.filter(({ refused }) => refused === undefined).length).toBeGreaterThanOrEqual(40);
    expect(own.filter(({ refused }) => refused !== undefined).length).toBeGreaterThanOrEqual(20);
    expect(published).toEqual(JSON.parse(JSON.stringify(document)));
    expect(new Set(own.map(({ nonce }) => nonce)).size).toBe(own.length);
  });

  it('SIG-03 those that are signed are accepted, and those that cannot be are refused for what is wrong with them', () => {
    const fateOf = (vector: SignatureVector): string => {
      const keys = new ServiceKeys(SecretRing.of(Buffer.from(VECTOR_SECRET)), vector.receiver, SERVICES);
      const verifier = new ServiceVerifier({ keys, skewSeconds: 60 });
      try {
        const claim = verifier.open(receivedHead(vector, vector.signature_headers ?? placeholder(vector)), VECTOR_TIME * 1_000);
        claim.requireSignatureOver(Buffer.from(vector.request.body_base64, 'base64'));
        return 'accepted';
      } catch (error) {
        if (error instanceof SignatureRefused) return error.reason;
        throw error;
      }
    };
    for (const vector of published.vectors) expect([vector.name, fateOf(vector)]).toEqual([vector.name, vector.refused ?? 'accepted']);
  });

  it('SIG-03 the example of the documentation is one of them', () => {
    const text = readFileSync('docs/service-signatures.md', 'utf8');
    const { key_id, key_hex, signed_text, signature_headers } = published.vectors.find(({ name }) => name === 'post-vanilla') ?? {};
    const headers = Object.entries(signature_headers ?? {}).map(([name, value]) => `${name}: ${value}`);
    for (const part of [key_id, key_hex, signed_text, ...headers]) expect(text).toContain(part);
  });

  itWithPython(`SIG-03 a verifier in another language agrees with every one${PYTHON ? '' : ' (SKIPPED: python3 is not installed)'}`, () => {
    const { status, stdout, stderr } = spawnSync('python3', ['docs/service-signatures/verify.py'], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${published.vectors.length} of ${published.vectors.length} vectors agree\n`,
      stderr: '',
    });
  });
});

/** Signature headers that are well-formed, for requests that cannot be signed. */
function placeholder({ sender, timestamp, nonce }: SignatureVector): Record<string, string> {
  return {
    'X-Service-Name': sender,
    'X-Service-Timestamp': String(timestamp),
    'X-Service-Nonce': nonce,
    'X-Service-Key-Id': 'abcdefghijklmnop',
    'X-Service-Signature': `v1=${'0'.repeat(64)}`,
  };
}
