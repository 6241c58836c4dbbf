import type { MessageHead } from './message-head.js';
import { SignatureRefused } from './signature-refused.js';

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const SECONDS = /^[1-9][0-9]{0,11}$/;
const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;
const SIGNATURES = /^v1=[0-9a-f]{64}(?:,v1=[0-9a-f]{64}){0,3}$/;
/** 128 bits in base64url without padding; the last character holds two bits. */
const NONCE = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** What the `X-Service-*` headers say. */
export interface ServiceSignatureHeaders {
  readonly sender: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly nonce: string;
  readonly keyId: string;
  /** HMAC-SHA-256 values, hex, each once; the message is taken if one of them is right. */
  readonly signatures: readonly string[];
}

/** Tells whether a text is a nonce: 128 bits in base64url, written in the one way there is. */
export function isNonce(text: string): boolean {
  return NONCE.test(text);
}

/** Reads the `X-Service-*` headers. @throws SignatureRefused `malformed` where one is missing or not written as it must be. */
export function readServiceSignature({ headers }: Pick<MessageHead, 'headers'>): ServiceSignatureHeaders {
  const read = (name: string, form: RegExp): string => {
    const value = headers.get(name);
    if (value === undefined || !form.test(value)) throw new SignatureRefused('malformed');
    return value;
  };
  const signatures = read('x-service-signature', SIGNATURES)
    .split(',')
    .map((signature) => signature.slice('v1='.length));
  if (new Set(signatures).size !== signatures.length) throw new SignatureRefused('malformed');
  return {
    sender: read('x-service-name', NAME),
    timestamp: Number(read('x-service-timestamp', SECONDS)),
    nonce: read('x-service-nonce', NONCE),
    keyId: read('x-service-key-id', KEY_ID),
    signatures,
  };
}
