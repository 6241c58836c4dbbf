import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { BoundedMemo } from '../../events/bounded-memo.js';
import { MemoBudget } from '../../events/memo-budget.js';
import { openBytes, sealBytes } from './sealed-bytes.js';
import type { DataKey, TenantKeySet } from './tenant-key-set.js';

/** Begins everything that is sealed; no zstd frame and no JSON text begins like this. */
const MAGIC = Buffer.from('GTR1');
const HEADER_BYTES = MAGIC.length + 4;
/** No key has a lower number; a file that was cut off reads as zeros behind its end. */
const LEAST_NUMBER = 1;
const TOKEN_BYTES = 6;
/** Most tokens remembered for a tenant, so that one with ever new terms takes nobody else's. */
const TENANT_TOKENS = 50_000;
/** Most tokens remembered by a thread, some 120 bytes each. */
const tokensKept = new MemoBudget(250_000);

/** The keys were destroyed, or are not at hand. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * Encrypts one tenant's data: a header that names the data key, then AES-256-GCM whose associated data says what it is and where it
 * belongs, so that nothing of it can be put in another's place.
 */
export class TenantCipher {
  private keys: TenantKeySet | undefined;
  /** The index key in the form that costs least to use again and again. */
  private index: KeyObject | undefined;
  private readonly tokens = new BoundedMemo<number>(TENANT_TOKENS, tokensKept);

  constructor(keys: TenantKeySet) {
    this.keys = keys;
    this.index = createSecretKey(keys.index);
  }

  /** Takes up keys after a rotation. */
  renew(keys: TenantKeySet): void {
    this.keys = keys;
  }

  /** Overwrites the keys, and forgets the terms it had tokens of; nothing can be sealed or opened any more. */
  destroy(): void {
    for (const { key } of this.keys?.data ?? []) key.fill(0);
    this.keys?.index.fill(0);
    this.keys = undefined;
    this.index = undefined;
    this.tokens.clear();
  }

  /** What it encrypts with, for another thread of this process. @throws KeysUnavailable */
  get keySet(): TenantKeySet {
    return this.live();
  }

  seal(plain: Uint8Array, place: string): Buffer {
    const { data, sealing } = this.live();
    const sealer = sealing === undefined ? data.at(-1) : data.find((key) => key.number === sealing);
    if (!sealer) throw new KeysUnavailable('the tenant has no data key');
    const header = Buffer.alloc(HEADER_BYTES);
    MAGIC.copy(header);
    header.writeUInt32BE(sealer.number, MAGIC.length);
    return Buffer.concat([header, sealBytes(sealer.key, plain, `${sealer.number}\n${place}`)]);
  }

  /** @throws KeysUnavailable, and Error where it was changed, even the number of its key, or belongs elsewhere. */
  open(sealed: Uint8Array, place: string): Buffer {
    const number = Buffer.from(sealed.buffer, sealed.byteOffset, HEADER_BYTES).readUInt32BE(MAGIC.length);
    const { data } = this.live();
    const found = data.find((key) => key.number === number);
    if (found) return openWith(found, sealed, place);
    if (number < LEAST_NUMBER || data.some((key) => opens(key, sealed, place))) throw new Error('the number of its key was changed');
    throw new KeysUnavailable(`the data key ${number} is not at hand`);
  }

  /** HMAC-SHA-256 of a text under the index key, hex. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.indexKey()).update(text).digest('hex').slice(0, 32);
  }

  /** The first 48 bits of the HMAC-SHA-256 of a search term under the index key. */
  token(term: string): number {
    const index = this.indexKey();
    const known = this.tokens.get(term);
    if (known !== undefined) return known;
    return this.tokens.set(term, createHmac('sha256', index).update(`term\n${term}`).digest().readUIntBE(0, TOKEN_BYTES));
  }

  private indexKey(): KeyObject {
    if (!this.index) throw new KeysUnavailable("the tenant's keys are not at hand");
    return this.index;
  }

  private live(): TenantKeySet {
    if (!this.keys) throw new KeysUnavailable("the tenant's keys are not at hand");
    return this.keys;
  }
}

function openWith({ number, key }: DataKey, sealed: Uint8Array, place: string): Buffer {
  return openBytes(key, sealed.subarray(HEADER_BYTES), `${number}\n${place}`);
}

function opens(key: DataKey, sealed: Uint8Array, place: string): boolean {
  try {
    openWith(key, sealed, place);
    return true;
  } catch {
    return false;
  }
}

/** Tells whether bytes were sealed. */
export function isSealed(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && MAGIC.equals(bytes.subarray(0, MAGIC.length));
}
