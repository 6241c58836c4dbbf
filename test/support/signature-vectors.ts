import { CANONICAL_LINES } from '../../src/platform/service-auth/domain/canonical-string.js';
import { readHead, type ReceivedHead } from '../../src/platform/service-auth/domain/message-head.js';
import { readMessageSignature } from '../../src/platform/service-auth/domain/message-signature.js';
import { signatureBase } from '../../src/platform/service-auth/domain/signature-base.js';
import { SignatureRefused } from '../../src/platform/service-auth/domain/signature-refused.js';
import { gatraText, signGatra } from '../../src/platform/service-auth/gatra-profile.js';
import { signMessage } from '../../src/platform/service-auth/message-signature-profile.js';
import { derivePairKey } from '../../src/platform/service-auth/service-keys.js';
import type { ServiceName } from '../../src/platform/service-auth/service-name.js';

/** The secret of the vectors. */
export const VECTOR_SECRET = 'test vectors of GATRA, not a secret: 0123456789';
/** The time that the vectors are checked at, and mostly signed at; seconds since the epoch. */
export const VECTOR_TIME = 1_763_719_200;

/** A request, what is signed of it, and the headers that sign it; or that it cannot be signed, and why. */
export interface SignatureVector {
  readonly name: string;
  readonly profile: 'gatra' | 'rfc9421';
  readonly sender: ServiceName;
  readonly receiver: ServiceName;
  readonly timestamp: number;
  readonly nonce: string;
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly scheme: 'http' | 'https';
    readonly headers: readonly (readonly [string, string])[];
    readonly body_base64: string;
  };
  readonly key_id?: string;
  readonly key_hex?: string;
  readonly signed_text?: string;
  readonly signature_headers?: Readonly<Record<string, string>>;
  readonly refused?: string;
}

interface Case {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
  readonly sender?: ServiceName;
  readonly receiver?: ServiceName;
  readonly timestamp?: number;
  readonly both?: boolean;
}

const JSON_BODY = '{"items":[]}';
const TENANT = ['X-Tenant-ID', 'acme-corp'] as const;
const TYPE = ['Content-Type', 'application/json'] as const;
const get = (target: string, more: Partial<Case> = {}): Case => ({ method: 'GET', target, headers: [TENANT], body: '', ...more });
const withHeaders = (...headers: (readonly [string, string])[]): Case => ({ headers: [TYPE, TENANT, ...headers] });

/** The cases, in the order of AWS SigV4's conformance cases where those have one like it. */
const CASES: Readonly<Record<string, Case>> = {
  'get-vanilla': get('/', { both: true }),
  'get-slash': get('/api/v1/triage/'),
  'get-unreserved': get('/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'),
  'get-sub-delims': get("/a!b$c&d'e(f)g*h+i,j;k=l:m@n"),
  'get-utf8': get('/%E1%88%B4'),
  'get-space': get('/example%20space/'),
  'get-escape-lower-case': get('/caf%c3%a9'),
  'get-escape-unreserved': get('/%61pi'),
  'get-query': get('/?Param1=value1', { both: true }),
  'get-query-empty-key': get('/?Param1'),
  'get-query-empty-value': get('/?Param1='),
  'get-query-order-key': get('/?Param2=value2&Param1=value1'),
  'get-query-order-key-case': get('/?param2=value2&Param1=value1'),
  'get-query-order-value': get('/?Param1=value2&Param1=value1'),
  'get-query-duplicate': get('/?Param1=value1&Param1=value1'),
  'get-query-unreserved': get('/?-._~0123456789=-._~0123456789'),
  'get-query-utf8': get('/?%E1%88%B4=bar'),
  'get-query-plus-and-space': get('/?a=b+c%20d'),
  'get-query-question-mark': get('/?a=b?c/d'),
  'get-query-double-escape': get('/?a=%2520'),
  'get-query-ampersands': get('/?&&a=1&'),
  'post-vanilla': { both: true },
  'post-empty-body': { body: '', both: true },
  'post-query': { target: '/internal/v1/detect?batch_id=f0e1d2c3-0000-7000-8000-0000000000aa', both: true },
  'post-body-utf8': { body: '{"note":"caf\u00e9 \u2603 \u{1f600}"}' },
  'post-body-not-utf8': { body: Buffer.from([0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x80]) },
  'post-body-line-feeds': { body: '{\n"a": 1\n}\n' },
  'post-body-long': { body: '0123456789abcdef'.repeat(1_024) },
  'post-all-headers': {
    ...withHeaders(['X-Correlation-ID', 'case-42:a.b_c'], ['Idempotency-Key', 'K!~'], ['Content-Encoding', 'gzip'], ['Accept', '*/*']),
    both: true,
  },
  'post-header-name-case': {
    headers: [
      ['content-TYPE', 'application/json'],
      ['x-tenant-id', 'acme-corp'],
    ],
  },
  'post-header-order': { headers: [TENANT, ['X-Other', 'a'], TYPE] },
  'post-header-value-case': withHeaders(['X-Correlation-ID', 'ABC-abc']),
  'post-header-value-spaces-inside': { headers: [['Content-Type', 'application/json;  charset=utf-8'], TENANT] },
  'post-header-value-trim': { headers: [['Content-Type', '  application/json\t'], TENANT] },
  'post-header-empty': withHeaders(['Content-Encoding', '']),
  'post-no-headers': { headers: [] },
  'post-form': { headers: [['Content-Type', 'application/x-www-form-urlencoded'], TENANT], body: 'Param1=value1' },
  'post-another-pair': { sender: 'cla', receiver: 'ada' },
  'post-to-itself': { sender: 'mssp', receiver: 'mssp' },
  'put-and-earlier': { method: 'PUT', timestamp: VECTOR_TIME - 60 },
  'delete-and-later': { method: 'DELETE', body: '', timestamp: VECTOR_TIME + 60 },
  'refuse-relative': get('/example/..'),
  'refuse-relative-relative': get('/example1/example2/../..'),
  'refuse-dot': get('/./example'),
  'refuse-dot-escaped': get('/%2e%2E/example'),
  'refuse-slashes': get('//example//'),
  'refuse-slash-escaped': get('/a%2Fb'),
  'refuse-backslash': get('/a\\b'),
  'refuse-backslash-escaped': get('/a%5cb'),
  'refuse-double-escape': get('/a%252e'),
  'refuse-control-escaped': get('/a%0ab'),
  'refuse-cut-escape': get('/a%2'),
  'refuse-question-mark-alone': get('/?'),
  'refuse-fragment': get('/?a=1#b'),
  'refuse-space': get('/a b'),
  'refuse-utf8-unescaped': get('/\u00e9'),
  'refuse-absolute-form': get('http://example.com/'),
  'refuse-asterisk-form': { method: 'OPTIONS', target: '*' },
  'refuse-method-lower-case': { method: 'post' },
  'refuse-header-twice': withHeaders(['X-Tenant-ID', 'globex']),
  'refuse-header-dash': withHeaders(['Idempotency-Key', '-']),
  'refuse-header-tab-inside': withHeaders(['Idempotency-Key', 'a\tb']),
};

/** All vectors, worked out. */
export function makeVectors(): readonly SignatureVector[] {
  return Object.entries(CASES).flatMap(([name, given]) => [
    vectorOf(name, 'gatra', given),
    ...(given.both ? [vectorOf(`rfc9421-${name}`, 'rfc9421', given)] : []),
  ]);
}

/** A vector's request as a receiver meets it. */
export function receivedHead({ request }: SignatureVector, signature: Readonly<Record<string, string>> = {}): ReceivedHead {
  const rawHeaders = [...request.headers, ...Object.entries(signature)].flat();
  return { method: request.method, target: request.target, rawHeaders, isEncrypted: request.scheme === 'https' };
}

function vectorOf(name: string, profile: SignatureVector['profile'], given: Case): SignatureVector {
  const { method = 'POST', target = '/api/v1/triage', headers = [TYPE, TENANT], body = JSON_BODY } = given;
  const { sender = 'mssp', receiver = 'taa', timestamp = VECTOR_TIME } = given;
  const nonce = Buffer.from(name.padEnd(16, '.').slice(-16)).toString('base64url');
  const vector: SignatureVector = {
    name,
    profile,
    sender,
    receiver,
    timestamp,
    nonce,
    request: {
      method,
      target,
      scheme: 'https',
      headers: [['Host', 'taa.example'], ...headers],
      body_base64: Buffer.from(body).toString('base64'),
    },
  };
  try {
    return { ...vector, ...signed(vector) };
  } catch (error) {
    if (error instanceof SignatureRefused) return { ...vector, refused: error.reason };
    throw error;
  }
}

function signed(vector: SignatureVector): Partial<SignatureVector> {
  const { sender, receiver, nonce, timestamp: signedAt, request, profile } = vector;
  const key = derivePairKey(Buffer.from(VECTOR_SECRET), sender, receiver);
  const body = Buffer.from(request.body_base64, 'base64');
  const head = readHead(receivedHead(vector));
  const stamp = { signedAt, nonce };
  const own = { key_id: key.keyId, key_hex: key.bytes.toString('hex') };
  if (profile === 'gatra') {
    return {
      ...own,
      signed_text: gatraText(head, body, key, stamp, CANONICAL_LINES),
      signature_headers: signGatra(head, body, key, stamp),
    };
  }
  const signature_headers = signMessage(head, body, key, stamp);
  const sent = readHead(receivedHead(vector, signature_headers));
  const { components, parameters } = readMessageSignature(sent);
  return { ...own, signed_text: signatureBase(sent, components, parameters), signature_headers };
}
