import { randomBytes } from 'node:crypto';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Deed } from '../auth/deed-of.js';
import type { Clock } from '../clock/clock.js';
import type { RetiredTenants } from '../tenancy/retired-tenants.js';
import type { KeyEncryption } from './key-encryption.js';
import type { DataKey, TenantKeySet } from './tenant-key-set.js';
import type { StoredTenantKey, TenantKeyStore } from './tenant-key-store.js';

const KEY_BYTES = 32;
/** How old a further data key is before anything is encrypted with it: by then every process has heard of it. */
const TAKEN_UP_AFTER_MS = 5_000;
const SYSTEM: Deed = { actor: { type: 'system', id: 'tenant-keys' }, correlation_id: 'tenant-keys', source_ip: '' };

/** Hears that a tenant's keys are others than before. */
export type KeysChanged = (tenant: TenantId) => void;

/** The tenants' keys, made on first use. Where there is no key-encryption key there are none, and nothing is encrypted. */
export class TenantKeys {
  private readonly unwrapped = new Map<TenantId, Promise<TenantKeySet>>();
  private readonly listeners: KeysChanged[] = [];

  constructor(
    private readonly store: TenantKeyStore,
    private readonly encryption: KeyEncryption | null,
    private readonly clock: Clock,
    private readonly retired: RetiredTenants,
  ) {}

  /** Whether what tenants store is encrypted. */
  get isOn(): boolean {
    return this.encryption !== null;
  }

  onChange(listener: KeysChanged): void {
    this.listeners.push(listener);
  }

  /** A tenant's keys; null where nothing is encrypted. @throws TenantRetired, KeyEncryptionKeyMissing */
  async of(tenant: TenantId): Promise<TenantKeySet | null> {
    this.retired.refuse(tenant);
    if (!this.encryption) return null;
    let keys = this.unwrapped.get(tenant);
    if (!keys) {
      keys = this.load(this.encryption, tenant);
      this.unwrapped.set(tenant, keys);
      keys.catch(() => this.unwrapped.delete(tenant));
    }
    const held = await keys;
    this.retired.refuse(tenant);
    return held;
  }

  /** Takes up keys that other processes have made, and encrypts with new ones once everybody can read what they encrypt. */
  async refresh(): Promise<void> {
    if (this.unwrapped.size === 0) return;
    const newest = await this.store.newest();
    for (const [tenant, keys] of this.unwrapped) {
      const held = await keys.catch(() => undefined);
      const number = newest.get(tenant);
      if (held && number !== undefined && number !== held.sealing && this.unwrapped.get(tenant) === keys) this.changed(tenant);
    }
  }

  /** Makes a new data key, which encrypts what is stored from a few seconds later on, so that no process meets it unprepared; answers its number, `undefined` where nothing is encrypted. */
  async rotate(tenant: TenantId, deed: Deed): Promise<number | undefined> {
    if (!this.encryption) return undefined;
    await this.of(tenant);
    for (;;) {
      const number = ((await this.store.newest()).get(tenant) ?? 0) + 1;
      const key = await this.wrapped(this.encryption, { tenant_id: tenant, purpose: 'data', number });
      const added = await this.store.add([key], entry(deed, 'data_key.created', tenant, { number }));
      this.changed(tenant);
      if (added) return number;
    }
  }

  /**
   * Wraps every key with the current key-encryption key, so that older ones can be given up; answers how many were not yet.
   * That it was asked is recorded also where there were none. @throws KeyEncryptionKeyMissing with nothing changed.
   */
  async rewrap(deed: Deed): Promise<number> {
    const { encryption } = this;
    if (!encryption) return 0;
    const old = (await this.store.list()).filter(({ kek_id }) => kek_id !== encryption.currentId);
    const renewed: StoredTenantKey[] = [];
    for (const key of old) {
      const plain = await encryption.unwrap(key, contextOf(key));
      renewed.push({ ...key, ...(await encryption.wrap(plain, contextOf(key))) });
      plain.fill(0);
    }
    await this.store.rewrap(renewed, this.clock.isoNow(), entry(deed, 'data_keys.rewrapped', encryption.currentId, { keys: old.length }));
    return old.length;
  }

  /** Destroys a tenant's keys: whatever was encrypted with them can never be read again. Answers how many there were. */
  async destroy(tenant: TenantId): Promise<number> {
    await this.unwrapped.get(tenant)?.catch(() => undefined);
    this.forget(tenant);
    return this.store.destroy(tenant);
  }

  /** Drops what is held in memory of a tenant's keys. */
  forget(tenant: TenantId): void {
    const held = this.unwrapped.get(tenant);
    this.unwrapped.delete(tenant);
    held?.then(overwrite, () => undefined);
  }

  /** Names the key-encryption keys that stored keys need and that are not at hand. */
  async missing(): Promise<readonly string[]> {
    const needed = new Set((await this.store.list()).map(({ kek_id }) => kek_id));
    return [...needed].filter((id) => !this.encryption?.knows(id));
  }

  private changed(tenant: TenantId): void {
    this.unwrapped.delete(tenant);
    for (const listener of this.listeners) listener(tenant);
  }

  private async load(encryption: KeyEncryption, tenant: TenantId): Promise<TenantKeySet> {
    let stored = await this.store.list(tenant);
    if (stored.length === 0) {
      const index = await this.wrapped(encryption, { tenant_id: tenant, purpose: 'index', number: 1 });
      const data = await this.wrapped(encryption, { tenant_id: tenant, purpose: 'data', number: 1 });
      await this.store.add([index, data], entry(SYSTEM, 'data_key.created', tenant, { number: 1 }));
      stored = await this.store.list(tenant);
    }
    const data: DataKey[] = [];
    let index: Buffer | undefined;
    for (const key of stored) {
      const plain = await encryption.unwrap(key, contextOf(key));
      if (key.purpose === 'data') data.push({ number: key.number, key: plain });
      else index = plain;
    }
    if (!index || data.length === 0) throw new Error("a tenant's keys are not complete");
    return { data, index, sealing: this.sealingAmong(stored) };
  }

  /** Number of the newest data key that is old enough; of the first where none is. */
  private sealingAmong(stored: readonly StoredTenantKey[]): number {
    const data = stored.filter(({ purpose }) => purpose === 'data');
    const latest = this.clock.now() - TAKEN_UP_AFTER_MS;
    return (data.findLast(({ created_at }) => Date.parse(created_at) <= latest) ?? data[0])?.number ?? 1;
  }

  private async wrapped(
    encryption: KeyEncryption,
    key: Pick<StoredTenantKey, 'tenant_id' | 'purpose' | 'number'>,
  ): Promise<StoredTenantKey> {
    const plain = randomBytes(KEY_BYTES);
    const { kek_id, wrapped } = await encryption.wrap(plain, contextOf(key));
    plain.fill(0);
    return { ...key, kek_id, wrapped, created_at: this.clock.isoNow() };
  }
}

function contextOf({ tenant_id, purpose, number }: Pick<StoredTenantKey, 'tenant_id' | 'purpose' | 'number'>): string {
  return `${tenant_id}\n${purpose}\n${number}`;
}

function overwrite({ data, index }: TenantKeySet): void {
  for (const { key } of data) key.fill(0);
  index.fill(0);
}

function entry(deed: Deed, action: string, id: string, details: AuditEntry['details'] & object): AuditEntry {
  return { ...deed, action, target: { type: 'data_key', id }, outcome: 'success', details };
}
