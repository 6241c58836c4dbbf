import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../clock/clock.js';
import { isHashOf, parseApiKey } from './api-key.js';
import type { ApiKeyStore, StoredApiKey } from './api-key-store.js';
import type { SecretRing } from '../secrets/secret-ring.js';
import type { Role } from './permissions.js';
import type { Principal } from './principal.js';

const TOUCH_INTERVAL_MS = 60_000;
const CACHE_MS = 2_000;
const CACHE_SIZE = 10_000;
/** Compared against when there is no such key, so that unknown and wrong keys take the same way. */
const NO_HASH = '0'.repeat(64);

/**
 * Tells whose API key a text is. Stored keys are cached for two seconds, which is also how long a revoked one may still pass
 * in another process; in this one `forget` makes it immediate.
 */
export class KeyAuthenticator {
  private readonly cache = new Map<string, { key: StoredApiKey | undefined; until: number }>();
  private readonly touched = new Map<string, number>();

  constructor(
    private readonly store: ApiKeyStore,
    private readonly pepper: SecretRing,
    private readonly clock: Clock,
  ) {}

  /** The principal of a live key; `undefined` for anything else. */
  async authenticate(text: string): Promise<Principal | undefined> {
    const presented = parseApiKey(text);
    if (!presented) return undefined;
    const stored = await this.find(presented.keyId);
    const matches = isHashOf(this.pepper, stored?.hash ?? NO_HASH, presented.secret);
    if (!stored || !matches || !this.isLive(stored)) return undefined;
    await this.touch(stored.key_id);
    return toPrincipal(stored);
  }

  /** Tells whether the key that a token was exchanged for still lives. */
  async isKeyLive(keyId: string): Promise<boolean> {
    const stored = await this.find(keyId);
    return stored !== undefined && this.isLive(stored);
  }

  /** Drops what is cached of a key. */
  forget(keyId: string): void {
    this.cache.delete(keyId);
  }

  private isLive(key: StoredApiKey): boolean {
    return key.revoked_at === null && (key.expires_at === null || key.expires_at > this.clock.isoNow());
  }

  private async find(keyId: string): Promise<StoredApiKey | undefined> {
    const now = this.clock.now();
    const cached = this.cache.get(keyId);
    if (cached && cached.until > now) return cached.key;
    const key = await this.store.find(keyId);
    if (this.cache.size >= CACHE_SIZE) this.cache.clear();
    this.cache.set(keyId, { key, until: now + CACHE_MS });
    return key;
  }

  private async touch(keyId: string): Promise<void> {
    const now = this.clock.now();
    if (now - (this.touched.get(keyId) ?? 0) < TOUCH_INTERVAL_MS) return;
    if (this.touched.size >= CACHE_SIZE) this.touched.clear();
    this.touched.set(keyId, now);
    await this.store.touch(keyId, new Date(now).toISOString());
  }
}

function toPrincipal(key: StoredApiKey): Principal {
  const platformRoles: readonly Role[] = key.tenant_id === null ? key.roles : [];
  const grants = new Map<TenantId, readonly Role[]>(key.tenant_id === null ? [] : [[key.tenant_id, key.roles]]);
  return { subject: key.principal, kind: key.kind, grants, platformRoles, keyId: key.key_id, via: 'api_key' };
}
