import type { ServiceName } from './service-name.js';

/** What a message says of its signature, as far as it is checked before the body is read: the syntax is right and the key is known. */
export interface SignatureClaim {
  readonly sender: ServiceName;
  readonly keyId: string;
  /** 128 bits, base64url. */
  readonly nonce: string;
  /** Seconds since the epoch. */
  readonly signedAt: number;
  /** Seconds since the epoch, where the sender set an end of its own. */
  readonly expiresAt?: number;
  /** Checks the signature over the message with these bytes as its body. @throws SignatureRefused */
  readonly requireSignatureOver: (body: Uint8Array) => void;
}

/** When a message is signed, and under which nonce. */
export type Stamp = Pick<SignatureClaim, 'signedAt' | 'nonce'>;
