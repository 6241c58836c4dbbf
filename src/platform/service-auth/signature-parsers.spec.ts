import fc from 'fast-check';
import { parseDictionary } from 'structured-headers';
import { SecretRing } from '../secrets/secret-ring.js';
import { MESSAGE_SIGNATURE_HEADERS, SERVICE_HEADERS } from './domain/message-head.js';
import { readMessageSignature } from './domain/message-signature.js';
import { SignatureRefused } from './domain/signature-refused.js';
import { ServiceKeys } from './service-keys.js';
import { SERVICES } from './service-name.js';
import { ServiceVerifier } from './service-verifier.js';

const RUNS = 50_000;
const LONGEST_MS = 5;
const GOOD_INPUT =
  'gatra=("@method" "@authority" "@path" "@query" "content-digest");created=1763719200;nonce="AAECAwQFBgcICQoLDA0ODw";keyid="k";alg="hmac-sha256";tag="gatra/mssp"';
const verifier = new ServiceVerifier({ keys: new ServiceKeys(SecretRing.of(Buffer.alloc(40, 7)), 'mssp', SERVICES), skewSeconds: 60 });

/** Like the value, but for a few places. */
const near = (value: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(value.length), fc.string({ unit: 'binary-ascii', maxLength: 3 }), fc.nat(4)), { maxLength: 3 })
    .map((edits) => edits.reduce((text, [at, put, remove]) => text.slice(0, at) + put + text.slice(at + remove), value));
const anyText = fc.oneof(
  fc.string({ unit: 'binary-ascii' }),
  fc.constantFrom(
    '',
    '=',
    '("',
    ';'.repeat(2_000),
    '"'.repeat(2_000),
    '("a" '.repeat(400),
    `a=(${'"b" '.repeat(500)})`,
    'v1='.repeat(700),
    ' '.repeat(8_000),
  ),
);

/** Runs a parser; answers whether it took the input. @throws whatever is not a refusal, and where it takes long each time. */
function quickly(parse: () => unknown): boolean {
  let least = Infinity;
  let taken = false;
  for (let attempt = 0; attempt < 5 && least >= LONGEST_MS; attempt += 1) {
    const begun = performance.now();
    try {
      parse();
      taken = true;
    } catch (error) {
      if (!(error instanceof SignatureRefused)) throw error;
    }
    least = Math.min(least, performance.now() - begun);
  }
  if (least >= LONGEST_MS) throw new Error(`took ${least} ms`);
  return taken;
}

describe('parsers of signature headers', () => {
  it('HOS-09 the X-Service-* headers: 50,000 inputs are refused in time or read', () => {
    const values = {
      'x-service-name': 'mssp',
      'x-service-timestamp': '1763719200',
      'x-service-nonce': 'AAECAwQFBgcICQoLDA0ODw',
      'x-service-key-id': 'abcdefghijklmnop',
      'x-service-signature': `v1=${'ab'.repeat(32)}`,
    };
    const value = (name: keyof typeof values): fc.Arbitrary<string> => fc.oneof(fc.constant(values[name]), near(values[name]), anyText);
    const headers = fc.tuple(...SERVICE_HEADERS.map((name) => value(name)));
    const target = fc.oneof(near('/api/v1/triage?a=1'), fc.constant('/api/v1/triage'), anyText);
    fc.assert(
      fc.property(headers, target, (texts, path) => {
        const rawHeaders = SERVICE_HEADERS.flatMap((name, at) => [name, texts[at] ?? '']);
        quickly(() => verifier.open({ method: 'POST', target: path, rawHeaders, isEncrypted: false }, 1_763_719_200_000));
      }),
      { numRuns: RUNS },
    );
  });

  it('HOS-09 Signature-Input and Signature: 50,000 inputs are refused in time, or read as a parser of structured fields reads them', () => {
    let taken = 0;
    const input = fc.oneof(near(GOOD_INPUT), anyText);
    const signature = fc.oneof(fc.constant('gatra=:q83vEjRWeJA=:'), near('gatra=:q83vEjRWeJA=:'), anyText);
    fc.assert(
      fc.property(input, signature, (inputText, signatureText) => {
        const headers = new Map(MESSAGE_SIGNATURE_HEADERS.map((name, at) => [name as string, at === 0 ? signatureText : inputText]));
        if (!quickly(() => readMessageSignature({ headers }))) return;
        taken += 1;
        const { label, components, created, nonce, signature: bytes } = readMessageSignature({ headers });
        const [items, parameters] = parseDictionary(inputText).get(label) as [[string][], Map<string, unknown>];
        expect([components, created, nonce]).toEqual([items.map(([name]) => name), parameters.get('created'), parameters.get('nonce')]);
        const [value] = parseDictionary(signatureText).get(label) as unknown as [ArrayBuffer];
        expect(Buffer.from(value)).toEqual(bytes);
      }),
      { numRuns: RUNS },
    );
    expect(taken).toBeGreaterThan(1_000);
  });
});
