import { hkdfSync } from 'node:crypto';
import type { SecretRing, SecretVersion } from '../secrets/secret-ring.js';
import type { ServiceName } from './service-name.js';

const SALT = 'GATRA1';

/** The key of one pair of services, in one direction, under one version of the secret. */
export interface ServiceKey {
  /** Names the key without telling anything of it: 96 bits derived beside it, base64url. */
  readonly keyId: string;
  readonly sender: ServiceName;
  readonly receiver: ServiceName;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

/** Where the keys are found that messages to this service may be signed with. */
export abstract class ReceivingKeys {
  abstract readonly receiver: ServiceName;

  /** The live key of this id; `undefined` where there is none. */
  abstract find(keyId: string): ServiceKey | undefined;
}

/**
 * Derives the key of a pair (HKDF-SHA-256, RFC 5869; salt `GATRA1`, info `key/{sender}/{receiver}` and `id/{sender}/{receiver}`). A pair of its own for
 * each direction: who checks one service's signatures cannot forge another's, nor send them back.
 */
export function derivePairKey(secret: Buffer, sender: ServiceName, receiver: ServiceName): ServiceKey {
  const derive = (what: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, SALT, `${what}/${sender}/${receiver}`, length));
  return { keyId: derive('id', 12).toString('base64url'), sender, receiver, bytes: derive('key', 32) };
}

/** The keys of this service with the others. They follow the ring: the current version signs, every live version is checked. */
export class ServiceKeys extends ReceivingKeys {
  private byId: ReadonlyMap<string, ServiceKey> = new Map();
  private derivedFrom: readonly SecretVersion[] | undefined;

  constructor(
    private readonly ring: SecretRing,
    readonly receiver: ServiceName,
    private readonly senders: readonly ServiceName[],
  ) {
    super();
  }

  find(keyId: string): ServiceKey | undefined {
    if (this.derivedFrom !== this.ring.live) this.derive();
    return this.byId.get(keyId);
  }

  /** The key that messages to a service are signed with now. */
  signing(receiver: ServiceName): ServiceKey {
    return derivePairKey(this.ring.current.bytes, this.receiver, receiver);
  }

  private derive(): void {
    const versions = this.ring.live;
    const keys = versions.flatMap(({ bytes }) => this.senders.map((sender) => derivePairKey(bytes, sender, this.receiver)));
    this.byId = new Map(keys.map((key) => [key.keyId, key]));
    this.derivedFrom = versions;
  }
}
