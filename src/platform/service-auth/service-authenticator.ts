import type { Clock } from '../clock/clock.js';
import type { ReceivedHead } from './domain/message-head.js';
import { SignatureRefused } from './domain/signature-refused.js';
import { nonceLifetime } from './domain/time-window.js';
import type { NonceRegister } from './nonce-register.js';
import type { ServiceVerifier } from './service-verifier.js';
import type { SignatureClaim } from './signature-claim.js';

/** What authentication of services works with. */
export interface AuthenticatorParts {
  readonly verifier: ServiceVerifier;
  readonly nonces: NonceRegister;
  readonly clock: Clock;
}

/** Finds out which service a message is from. The order matters: syntax, key, time, body, signature, and only then the nonce. */
export class ServiceAuthenticator {
  constructor(private readonly parts: AuthenticatorParts) {}

  /**
   * @param readBody reads the body; asked only once everything but the signature is right.
   * @param onlyReads whether the message changes nothing.
   * @throws SignatureRefused; NonceUncertain where it cannot be said whether the message came before; and what `readBody` throws.
   */
  async authenticate(head: ReceivedHead, readBody: () => Promise<Uint8Array>, onlyReads: boolean): Promise<SignatureClaim> {
    const { verifier, nonces, clock } = this.parts;
    const claim = verifier.open(head, clock.now());
    claim.requireSignatureOver(await readBody());
    // A body may be slow: by now the nonce of the same message, sent before, could have been forgotten.
    verifier.requireTimely(claim, clock.now());
    const fate = await nonces.take(claim, nonceLifetime(verifier.skewSeconds), onlyReads);
    if (fate === 'seen') throw new SignatureRefused('replayed');
    return claim;
  }
}
