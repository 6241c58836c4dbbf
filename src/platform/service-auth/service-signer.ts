import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import { readHead } from './domain/message-head.js';
import { signGatra } from './gatra-profile.js';
import { signMessage } from './message-signature-profile.js';
import type { ServiceKeys } from './service-keys.js';
import type { ServiceName } from './service-name.js';
import type { Stamp } from './signature-claim.js';

/** A message about to be sent. */
export interface OutgoingMessage {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How a message is signed: with `X-Service-*` headers, or by RFC 9421. */
export type SignatureForm = 'gatra' | 'rfc9421';

/** Signs messages of this service with the current version of the secret. Every signature has a nonce of its own: sign again to send again. */
export class ServiceSigner {
  constructor(
    private readonly keys: ServiceKeys,
    private readonly clock: Clock,
  ) {}

  /** The headers to add to a message. @throws SignatureRefused where its target or headers cannot be signed. */
  sign({ method, url, headers, body }: OutgoingMessage, receiver: ServiceName, form: SignatureForm = 'gatra'): Record<string, string> {
    const rawHeaders = [...Object.entries(headers), ['host', url.host]].flat();
    const head = readHead({ method, target: url.pathname + url.search, rawHeaders, isEncrypted: url.protocol === 'https:' });
    const sign = form === 'gatra' ? signGatra : signMessage;
    return sign(head, body, this.keys.signing(receiver), this.stamp());
  }

  private stamp(): Stamp {
    return { signedAt: Math.floor(this.clock.now() / 1_000), nonce: randomBytes(16).toString('base64url') };
  }
}
