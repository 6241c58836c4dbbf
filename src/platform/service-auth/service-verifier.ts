import type { CanonicalLine } from './domain/canonical-string.js';
import { MESSAGE_SIGNATURE_HEADERS, readHead, SERVICE_HEADERS, type ReceivedHead } from './domain/message-head.js';
import { SignatureRefused } from './domain/signature-refused.js';
import { requireTimely } from './domain/time-window.js';
import { openGatra } from './gatra-profile.js';
import { openMessageSignature } from './message-signature-profile.js';
import type { ReceivingKeys } from './service-keys.js';
import type { SignatureClaim } from './signature-claim.js';

/** What a verifier goes by. */
export interface VerifierParts {
  readonly keys: ReceivingKeys;
  /** Seconds that a signature's time may differ from ours, either way. */
  readonly skewSeconds: number;
  /** The lines of the canonical string, where they are not all of them. */
  readonly lines?: readonly CanonicalLine[];
}

/** Checks signatures of service calls, of both profiles: syntax, then key, then time; the signature itself once the body is there. */
export class ServiceVerifier {
  constructor(private readonly parts: VerifierParts) {}

  get skewSeconds(): number {
    return this.parts.skewSeconds;
  }

  /**
   * Checks what can be checked without the body. Costs no more than the headers.
   * @param now milliseconds since the epoch.
   * @throws SignatureRefused
   */
  open(received: ReceivedHead, now: number): SignatureClaim {
    const { keys, lines } = this.parts;
    const head = readHead(received);
    const isOwn = SERVICE_HEADERS.some((name) => head.headers.has(name));
    const isMessageSignature = MESSAGE_SIGNATURE_HEADERS.some((name) => head.headers.has(name));
    if (isOwn === isMessageSignature) throw new SignatureRefused(isOwn ? 'malformed' : 'unsigned');
    const claim = isOwn ? openGatra(head, keys, lines) : openMessageSignature(head, keys);
    this.requireTimely(claim, now);
    return claim;
  }

  /** @param now milliseconds since the epoch. @throws SignatureRefused `out_of_time` */
  requireTimely({ signedAt, expiresAt }: SignatureClaim, now: number): void {
    const seconds = Math.floor(now / 1_000);
    requireTimely(signedAt, seconds, this.parts.skewSeconds);
    if (expiresAt !== undefined && expiresAt < seconds) throw new SignatureRefused('out_of_time');
  }
}
