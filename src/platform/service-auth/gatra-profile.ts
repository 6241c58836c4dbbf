import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { CANONICAL_LINES, GATRA_PROFILE, canonicalString, headerParts, type CanonicalLine } from './domain/canonical-string.js';
import type { MessageHead } from './domain/message-head.js';
import { readServiceSignature } from './domain/service-signature-headers.js';
import { SignatureRefused } from './domain/signature-refused.js';
import type { ReceivingKeys, ServiceKey } from './service-keys.js';
import type { SignatureClaim, Stamp } from './signature-claim.js';

/** The parties of a message: whose key it is signed with. */
type Parties = Pick<ServiceKey, 'keyId' | 'sender' | 'receiver'>;

/** HMAC-SHA-256 (RFC 2104). */
export function macOf(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The text that is signed, the same for who signs and who checks. @throws SignatureRefused where the message cannot be signed. */
export function gatraText(
  head: MessageHead,
  body: Uint8Array,
  parties: Parties,
  stamp: Stamp,
  lines = CANONICAL_LINES as readonly CanonicalLine[],
): string {
  const parts = {
    profile: GATRA_PROFILE,
    'key-id': parties.keyId,
    sender: parties.sender,
    receiver: parties.receiver,
    timestamp: String(stamp.signedAt),
    nonce: stamp.nonce,
    method: head.method,
    path: head.path,
    query: head.query,
    ...headerParts(head),
    'body-sha256': createHash('sha256').update(body).digest('hex'),
  };
  return canonicalString(parts, lines);
}

/** The `X-Service-*` headers that sign a message. @throws SignatureRefused where it cannot be signed. */
export function signGatra(head: MessageHead, body: Uint8Array, key: ServiceKey, stamp: Stamp): Record<string, string> {
  const mac = macOf(key.bytes, gatraText(head, body, key, stamp)).toString('hex');
  return { ...gatraHeaders(key, stamp), 'X-Service-Signature': `v1=${mac}` };
}

/** The `X-Service-*` headers but for the signature. */
export function gatraHeaders({ sender, keyId }: Pick<Parties, 'sender' | 'keyId'>, { signedAt, nonce }: Stamp): Record<string, string> {
  return { 'X-Service-Name': sender, 'X-Service-Timestamp': String(signedAt), 'X-Service-Nonce': nonce, 'X-Service-Key-Id': keyId };
}

/** Reads what the `X-Service-*` headers of a message claim. @throws SignatureRefused */
export function openGatra(head: MessageHead, keys: ReceivingKeys, lines: readonly CanonicalLine[] = CANONICAL_LINES): SignatureClaim {
  const { sender, timestamp, nonce, keyId, signatures } = readServiceSignature(head);
  headerParts(head);
  const key = keys.find(keyId);
  if (!key || key.sender !== sender) throw new SignatureRefused('unknown_key');
  const stamp = { signedAt: timestamp, nonce };
  return {
    sender: key.sender,
    keyId,
    ...stamp,
    requireSignatureOver(body) {
      const mac = macOf(key.bytes, gatraText(head, body, { sender: key.sender, keyId, receiver: keys.receiver }, stamp, lines));
      const matches = signatures.filter((signature) => timingSafeEqual(mac, Buffer.from(signature, 'hex')));
      if (matches.length === 0) throw new SignatureRefused('wrong_signature');
    },
  };
}
