import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../clock/clock.js';
import type { Revocations } from '../revocation/revocations.js';
import type { SecretRing } from '../secrets/secret-ring.js';
import { hashApiKeySecret, isHashOf, parseApiKey } from './api-key.js';
import type { ApiKeyStore, StoredApiKey } from './api-key-store.js';
import { keyFault, type KeyFault } from './key-fault.js';
import type { Role } from './permissions.js';
import type { Principal } from './principal.js';

const TOUCH_INTERVAL_MS = 60_000;
const CACHE_MS = 2_000;
const CACHE_SIZE = 10_000;
/** Compared against when there is no such key, so that unknown and wrong keys take the same way. */
const NO_HASH = '0'.repeat(64);

/** Whose key it is, or why it is refused; and the stored key where there is one of that id. */
export type KeyAnswer =
  | { readonly principal: Principal; readonly key: StoredApiKey; readonly fault?: undefined }
  | { readonly fault: KeyFault; readonly key?: StoredApiKey | undefined };

/** What keys are checked with. */
export interface KeyAuthenticatorParts {
  readonly store: ApiKeyStore;
  readonly pepper: SecretRing;
  readonly clock: Clock;
  readonly revocations: Pick<Revocations, 'revokedAt'>;
  readonly environment: 'development' | 'production';
}

/**
 * Tells whose API key a text is. Stored keys are cached for two seconds, or until somebody changes one. What is revoked is asked for in memory
 * after every look-up, so that neither the cache nor a look-up that was under way lets a revoked key pass.
 */
export class KeyAuthenticator {
  private readonly cache = new Map<string, { key: StoredApiKey | undefined; until: number }>();
  private readonly touched = new Map<string, number>();
  private generation = 0;

  constructor(private readonly parts: KeyAuthenticatorParts) {}

  /** The principal of a key that is good when it comes from `address`; what is wrong with any other. */
  async authenticate(text: string, address: string): Promise<KeyAnswer> {
    const presented = parseApiKey(text);
    if (!presented) return { fault: 'malformed' };
    const key = await this.find(presented.keyId);
    const matches = isHashOf(this.parts.pepper, key?.hash ?? NO_HASH, presented.secret);
    if (!key) return { fault: 'unknown_key' };
    if (!matches) return { fault: 'wrong_secret', key };
    if (key.type !== presented.type) return { fault: 'wrong_type', key };
    const fault = this.faultOf(key, address);
    if (fault) return { fault, key };
    await this.noteUse(key, presented.secret, address);
    return { principal: toPrincipal(key), key };
  }

  /** The key that a token was exchanged for, as long as it is good from `address`. */
  async admits(keyId: string, address: string): Promise<StoredApiKey | undefined> {
    const key = await this.find(keyId);
    return key && this.faultOf(key, address) === undefined ? key : undefined;
  }

  /** Address that a key was last used from; `undefined` where there is no such key or it was never used. */
  async lastAddressOf(keyId: string): Promise<string | undefined> {
    return (await this.find(keyId))?.last_used_from ?? undefined;
  }

  /** Drops what is cached; a look-up that is under way is not cached either. */
  async forget(): Promise<void> {
    this.generation += 1;
    this.cache.clear();
  }

  private faultOf(key: StoredApiKey, address: string): KeyFault | undefined {
    const { clock, environment, revocations } = this.parts;
    const tenantEnd = key.tenant_id === null ? undefined : revocations.revokedAt('tenant', key.tenant_id);
    if (revocations.revokedAt('key', key.key_id) !== undefined) return 'revoked';
    if (tenantEnd !== undefined && tenantEnd >= Date.parse(key.created_at)) return 'revoked';
    return keyFault(key, { now: clock.isoNow(), address, environment });
  }

  private async find(keyId: string): Promise<StoredApiKey | undefined> {
    const now = this.parts.clock.now();
    const cached = this.cache.get(keyId);
    if (cached && cached.until > now) return cached.key;
    const { generation } = this;
    const key = await this.parts.store.find(keyId);
    if (generation !== this.generation) return key;
    this.cache.delete(keyId);
    dropOldest(this.cache);
    this.cache.set(keyId, { key, until: now + CACHE_MS });
    return key;
  }

  /** Notes the use once a minute, or when the address is another; and takes the hash over into the pepper's current version. */
  private async noteUse(key: StoredApiKey, secret: string, address: string): Promise<void> {
    const { clock, pepper, store } = this.parts;
    const now = clock.now();
    const use = `${key.key_id} ${address}`;
    if (now - (this.touched.get(use) ?? 0) >= TOUCH_INTERVAL_MS) {
      this.touched.delete(use);
      dropOldest(this.touched);
      this.touched.set(use, now);
      await store.touch(key.key_id, new Date(now).toISOString(), address);
    }
    const { version, bytes } = pepper.current;
    if (key.pepper_version === version) return;
    await store.rehash(key.key_id, hashApiKeySecret(bytes, secret), version);
    this.cache.delete(key.key_id);
  }
}

function dropOldest(map: Map<string, unknown>): void {
  if (map.size < CACHE_SIZE) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function toPrincipal(key: StoredApiKey): Principal {
  const platformRoles: readonly Role[] = key.tenant_id === null ? key.roles : [];
  const grants = new Map<TenantId, readonly Role[]>(key.tenant_id === null ? [] : [[key.tenant_id, key.roles]]);
  return { subject: key.principal, kind: key.kind, grants, platformRoles, scopes: key.scopes, keyId: key.key_id, via: 'api_key' };
}
