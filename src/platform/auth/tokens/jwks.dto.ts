import type { PublishedKey } from './local-keys.js';

/** A public key (RFC 7517, RFC 8037). */
export class JwkDto implements PublishedKey {
  kty: 'OKP';
  crv: 'Ed25519';
  /** Public key, base64url. */
  x: string;
  /** Thumbprint of the key (RFC 7638). */
  kid: string;
  /** The one algorithm that the key is for (RFC 9864). */
  alg: 'Ed25519';
  use: 'sig';
}

/** Public keys that access tokens can be verified with. */
export class JwkSetDto {
  /** Current key first; empty where tokens are signed with a shared secret. */
  keys: JwkDto[];
}
