import { createHash, timingSafeEqual } from 'node:crypto';
import { COVERED_HEADERS, type MessageHead } from './domain/message-head.js';
import { readMessageSignature, type MessageSignature } from './domain/message-signature.js';
import { isNonce } from './domain/service-signature-headers.js';
import { signatureBase } from './domain/signature-base.js';
import { SignatureRefused } from './domain/signature-refused.js';
import { macOf } from './gatra-profile.js';
import type { ReceivingKeys, ServiceKey } from './service-keys.js';
import type { SignatureClaim, Stamp } from './signature-claim.js';

const LABEL = 'gatra';
const ALGORITHM = 'hmac-sha256';
const TARGET = ['@authority', '@path', '@query'] as const;

/** `Content-Digest` of a body (RFC 9530 §2). */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** `Content-Digest`, `Signature-Input` and `Signature` (RFC 9421) that sign a message. @throws SignatureRefused where it cannot be signed. */
export function signMessage(head: MessageHead, body: Uint8Array, key: ServiceKey, { signedAt, nonce }: Stamp): Record<string, string> {
  const digest = contentDigest(body);
  const headers = new Map([...head.headers, ['content-digest', digest]]);
  const covered = ['@method', ...TARGET, 'content-digest', ...COVERED_HEADERS.filter((name) => headers.has(name))];
  const list = covered.map((name) => `"${name}"`).join(' ');
  const parameters = `(${list});created=${signedAt};nonce="${nonce}";keyid="${key.keyId}";alg="${ALGORITHM}";tag="${tagOf(key.receiver)}"`;
  const mac = macOf(key.bytes, signatureBase({ ...head, headers }, covered, parameters)).toString('base64');
  return { 'Content-Digest': digest, 'Signature-Input': `${LABEL}=${parameters}`, Signature: `${LABEL}=:${mac}:` };
}

/** Reads what `Signature-Input` and `Signature` of a message claim. @throws SignatureRefused */
export function openMessageSignature(head: MessageHead, keys: ReceivingKeys): SignatureClaim {
  const signed = readMessageSignature(head);
  const { created, expires, nonce, alg, keyid, tag } = signed;
  requireCoverage(head, signed.components);
  if (created === undefined || nonce === undefined || !isNonce(nonce) || alg !== ALGORITHM || tag !== tagOf(keys.receiver)) {
    throw new SignatureRefused('malformed');
  }
  const key = keyid === undefined ? undefined : keys.find(keyid);
  if (!key) throw new SignatureRefused('unknown_key');
  return {
    sender: key.sender,
    keyId: key.keyId,
    nonce,
    signedAt: created,
    ...(expires === undefined ? {} : { expiresAt: expires }),
    requireSignatureOver(body) {
      requireMac(head, signed, key);
      if (head.headers.get('content-digest') !== contentDigest(body)) throw new SignatureRefused('wrong_digest');
    },
  };
}

/** What a signature must say of whom it is for: the receiver, so that no other service takes it. */
function tagOf(receiver: string): string {
  return `gatra/${receiver}`;
}

/** RFC 9421 §7.2.1: what matters is covered, whatever the sender thought. */
function requireCoverage({ headers }: MessageHead, components: readonly string[]): void {
  const covered = new Set(components);
  const present = COVERED_HEADERS.filter((name) => headers.has(name));
  const hasTarget = covered.has('@target-uri') || TARGET.every((name) => covered.has(name));
  const hasRest = ['@method', 'content-digest', ...present].every((name) => covered.has(name));
  if (!hasTarget || !hasRest) throw new SignatureRefused('not_covered');
}

function requireMac(head: MessageHead, { components, parameters, signature }: MessageSignature, key: ServiceKey): void {
  const mac = macOf(key.bytes, signatureBase(head, components, parameters));
  if (signature.length !== mac.length || !timingSafeEqual(mac, signature)) throw new SignatureRefused('wrong_signature');
}
