import { mutationsOf, type Mutation, type WireMessage } from '../../../test/support/message-mutations.js';
import { SecretRing } from '../secrets/secret-ring.js';
import { CANONICAL_LINES, GATRA_PROFILE, type CanonicalLine } from './domain/canonical-string.js';
import { readHead, SERVICE_HEADERS } from './domain/message-head.js';
import { SignatureRefused } from './domain/signature-refused.js';
import { gatraHeaders, gatraText, macOf } from './gatra-profile.js';
import { signMessage } from './message-signature-profile.js';
import { derivePairKey, ReceivingKeys, ServiceKeys, type ServiceKey } from './service-keys.js';
import { SERVICES, type ServiceName } from './service-name.js';
import { ServiceVerifier } from './service-verifier.js';

const NOW = Date.parse('2026-11-21T10:00:00.500Z');
const SECRET = Buffer.from('not-a-secret-only-for-these-tests-0123456789');
const STAMP = { signedAt: Math.floor(NOW / 1_000), nonce: 'AAECAwQFBgcICQoLDA0ODw' };
const PLAIN: WireMessage = {
  method: 'POST',
  target: '/api/v1/triage/batch?b=2&a=1&a=%20x',
  headers: [
    ['Host', 'taa.example:8443'],
    ['Content-Type', 'application/json'],
    ['X-Tenant-ID', 'acme-corp'],
    ['X-Correlation-ID', 'case-1'],
    ['Idempotency-Key', 'key-1'],
  ],
  body: Buffer.from(
    `{"items":[${Array.from({ length: 3 }, (_, i) => `{"alert":{"severity":"high","n":${i}},"context":{"note":"caf\u00e9"}}`).join(',')}]}`,
  ),
};

/** What changes get through where a line is missing, by the beginning of their names. */
const PLACES: Readonly<Record<CanonicalLine, string>> = {
  profile: 'another profile',
  'key-id': 'x-service-key-id',
  sender: 'x-service-name',
  receiver: 'another receiver',
  timestamp: 'x-service-timestamp',
  nonce: 'x-service-nonce',
  method: 'method',
  path: 'target',
  query: 'target',
  'content-type': 'content-type',
  'content-encoding': 'content-encoding',
  'x-tenant-id': 'x-tenant-id',
  'x-correlation-id': 'x-correlation-id',
  'idempotency-key': 'idempotency-key',
  'body-sha256': 'body',
};

const headOf = ({ method, target, headers }: WireMessage): Parameters<ServiceVerifier['open']>[0] => ({
  method,
  target,
  rawHeaders: headers.flat(),
  isEncrypted: true,
});
const withHeaders = (message: WireMessage, headers: Record<string, string>): WireMessage => ({
  ...message,
  headers: [...message.headers, ...Object.entries(headers)],
});

/** Tells whether a verifier takes a message. Throws whatever is not a refusal. */
function takes(verifier: ServiceVerifier, message: WireMessage): boolean {
  try {
    verifier.open(headOf(message), NOW).requireSignatureOver(message.body);
    return true;
  } catch (error) {
    if (error instanceof SignatureRefused) return false;
    throw error;
  }
}

/** The worst that operators can do: one key for all services, under every name. What a message says must then be held by the signature alone. */
class OneKeyForAll extends ReceivingKeys {
  sender: ServiceName = 'mssp';

  constructor(readonly receiver: ServiceName) {
    super();
  }

  find(keyId: string): ServiceKey {
    return { keyId, sender: this.sender, receiver: this.receiver, bytes: SECRET.subarray(0, 32) };
  }
}

function signedWith(key: ServiceKey, lines: readonly CanonicalLine[], relabel: (text: string) => string = (text) => text): WireMessage {
  const text = relabel(gatraText(readHead(headOf(PLAIN)), PLAIN.body, key, STAMP, lines));
  return withHeaders(PLAIN, { ...gatraHeaders(key, STAMP), 'X-Service-Signature': `v1=${macOf(key.bytes, text).toString('hex')}` });
}

/** The mutations of a signed message that a receiver takes which knows one key for all. */
function takenWith(lines: readonly CanonicalLine[]): { tried: number; taken: string[] } {
  const keys = new OneKeyForAll('taa');
  const verifier = new ServiceVerifier({ keys, skewSeconds: 60, lines });
  const signed = signedWith(keys.find('some-key'), lines);
  expect(takes(verifier, signed)).toBe(true);
  const names = SERVICES.map((name): Mutation => ({
    name: `x-service-name ${name}`,
    message: { ...signed, headers: signed.headers.map(([own, value]) => [own, own === 'X-Service-Name' ? name : value]) },
  }));
  const tampered = [...mutationsOf(signed, SERVICE_HEADERS), ...names.filter(({ name }) => !name.endsWith(' mssp'))];
  const taken = tampered.filter(({ message }) => {
    const named = message.headers.find(([own]) => own.toLowerCase() === 'x-service-name')?.[1];
    keys.sender = SERVICES.find((name) => name === named) ?? 'mssp';
    return takes(verifier, message);
  });
  keys.sender = 'mssp';
  const elsewhere = new ServiceVerifier({ keys: new OneKeyForAll('cra'), skewSeconds: 60, lines });
  const otherProfile = signedWith(keys.find('some-key'), lines, (text) => text.replace(GATRA_PROFILE, 'GATRA0-HMAC-SHA256'));
  return {
    tried: tampered.length + 2,
    taken: [
      ...taken.map(({ name }) => name),
      ...(takes(elsewhere, signed) ? ['another receiver'] : []),
      ...(takes(verifier, otherProfile) ? ['another profile'] : []),
    ],
  };
}

describe('signatures under mutation', () => {
  const keys = new ServiceKeys(SecretRing.of(SECRET), 'taa', SERVICES);
  const verifier = new ServiceVerifier({ keys, skewSeconds: 60 });
  const key = derivePairKey(SECRET, 'mssp', 'taa');

  it('SIG-01 refuses every change of one place, headers twice or missing included', () => {
    const signed = signedWith(key, CANONICAL_LINES);
    expect(takes(verifier, signed)).toBe(true);
    const mutations = [...mutationsOf(signed, SERVICE_HEADERS)];
    process.stdout.write(`SIG-01 X-Service-*: ${mutations.length} mutations\n`);
    expect(mutations.length).toBeGreaterThanOrEqual(5_000);
    expect(mutations.filter(({ message }) => takes(verifier, message)).map(({ name }) => name)).toEqual([]);
    const elsewhere = new ServiceVerifier({ keys: new ServiceKeys(SecretRing.of(SECRET), 'cra', SERVICES), skewSeconds: 60 });
    expect(takes(elsewhere, signed)).toBe(false);
  });

  it('SIG-01 the same for HTTP Message Signatures, the host included', () => {
    const signed = withHeaders(PLAIN, signMessage(readHead(headOf(PLAIN)), PLAIN.body, key, STAMP));
    expect(takes(verifier, signed)).toBe(true);
    const mutations = [...mutationsOf(signed, ['host', 'content-digest', 'signature-input', 'signature'])];
    process.stdout.write(`SIG-01 RFC 9421: ${mutations.length} mutations\n`);
    expect(mutations.length).toBeGreaterThanOrEqual(5_000);
    expect(mutations.filter(({ message }) => takes(verifier, message)).map(({ name }) => name)).toEqual([]);
  });

  it('SIG-02 with one key for all, the whole canonical string holds', () => {
    const { tried, taken } = takenWith(CANONICAL_LINES);
    expect(tried).toBeGreaterThanOrEqual(5_000);
    expect(taken).toEqual([]);
  });

  it.each(CANONICAL_LINES)('SIG-02 without the line %s it does not', (line) => {
    const { taken } = takenWith(CANONICAL_LINES.filter((other) => other !== line));
    expect(taken).not.toEqual([]);
    expect(taken.filter((name) => !name.startsWith(PLACES[line]))).toEqual([]);
  });
});
