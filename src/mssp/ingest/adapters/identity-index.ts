import type { EventIdentity } from '../../../events/event-identity.js';
import type { EventFile } from './event-file.js';

const BITS = 1_024;
const MOST_BLOCKS = 16_384;
const NUMBER = /^0{4}\d{16}$/;

/** A run of record numbers of one stream: which of them are stored. */
interface Block {
  readonly stream: string;
  readonly number: number;
  readonly bits: Uint8Array;
}

/**
 * Which identities a tenant has stored. Record numbers, which sources count up, are kept as bits, a row per 1,024 numbers of a stream, so that
 * a batch touches few rows; other keys are kept as rows. Files of earlier months are looked at too; bits found there are carried along.
 */
export class IdentityIndex {
  private readonly streams = new Map<string, Map<number, Block>>();
  private blocks = 0;

  /** @param files the newest file and those before it that are still looked at */
  duplicates(identities: readonly (EventIdentity | null)[], files: readonly EventFile[]): boolean[] {
    const flags = identities.map(() => false);
    const seen = new Map<Block, Uint8Array>();
    const keys = new Map<string, Map<string, number>>();
    for (const [position, identity] of identities.entries()) {
      if (identity === null) continue;
      const number = recordNumber(identity.key);
      if (number !== undefined) {
        const block = this.block(identity.stream, Math.floor(number / BITS), files);
        const bits = entry(seen, block, () => Uint8Array.from(block.bits));
        flags[position] = isSet(bits, number % BITS);
        setBit(bits, number % BITS);
        continue;
      }
      if (!isKept(identity)) continue;
      const stream = entry(keys, identity.stream, () => new Map<string, number>());
      if (stream.has(identity.key)) flags[position] = true;
      else stream.set(identity.key, position);
    }
    for (const [stream, positions] of keys) for (const position of storedKeys(stream, positions, files)) flags[position] = true;
    return flags;
  }

  /** Notes identities as stored, inside the transaction that stores their events; call `forget` where it fails. */
  add(identities: readonly (EventIdentity | null)[], file: EventFile, files: readonly EventFile[]): void {
    const touched = new Set<Block>();
    const keys = new Map<string, string[]>();
    for (const identity of identities) {
      if (identity === null) continue;
      const number = recordNumber(identity.key);
      if (number === undefined) {
        if (isKept(identity)) entry(keys, identity.stream, () => []).push(identity.key);
        continue;
      }
      const block = this.block(identity.stream, Math.floor(number / BITS), files);
      setBit(block.bits, number % BITS);
      touched.add(block);
    }
    for (const { stream, number, bits } of touched) {
      file.run(
        'INSERT INTO identity_range (stream, block, bits) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bits = excluded.bits',
        stream,
        number,
        bits,
      );
    }
    for (const [stream, list] of keys) {
      file.run('INSERT OR IGNORE INTO identity_key (stream, key) SELECT ?, value FROM json_each(?)', stream, JSON.stringify(list.sort()));
    }
    if (this.blocks > MOST_BLOCKS) this.forget();
  }

  /** Drops what is held in memory. */
  forget(): void {
    this.streams.clear();
    this.blocks = 0;
  }

  private block(stream: string, number: number, files: readonly EventFile[]): Block {
    const known = entry(this.streams, stream, () => new Map<number, Block>());
    let block = known.get(number);
    if (!block) {
      block = { stream, number, bits: readBits(stream, number, files) };
      known.set(number, block);
      this.blocks += 1;
    }
    return block;
  }
}

/** SQLite's JSON functions end a text at a NUL, where different keys would look alike. */
function isKept({ key }: EventIdentity): boolean {
  return !key.includes('\u0000');
}

/** Record numbers come as 20 digits; what is not exactly a number, or too large to be one, stays a text. */
function recordNumber(key: string): number | undefined {
  if (key.length !== 20 || !NUMBER.test(key)) return undefined;
  const number = Number(key);
  return number <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

function readBits(stream: string, number: number, files: readonly EventFile[]): Uint8Array {
  const bits = new Uint8Array(BITS / 8);
  for (const file of files) {
    const row = file.one('SELECT bits FROM identity_range WHERE stream = ? AND block = ?', stream, number);
    if (row) for (const [position, byte] of (row['bits'] as Uint8Array).entries()) bits[position] = (bits[position] ?? 0) | byte;
  }
  return bits;
}

/** Positions of the keys that are stored. */
function storedKeys(stream: string, keys: ReadonlyMap<string, number>, files: readonly EventFile[]): number[] {
  const positions = [...keys.values()];
  const list = JSON.stringify([...keys.keys()]);
  return files.flatMap((file) =>
    file
      .all(
        'SELECT each.key AS position FROM json_each(?) AS each WHERE EXISTS (SELECT 1 FROM identity_key AS known WHERE known.stream = ? AND known.key = each.value)',
        list,
        stream,
      )
      .map((row) => positions[Number(row['position'])] ?? -1),
  );
}

function isSet(bits: Uint8Array, bit: number): boolean {
  return ((bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}

function setBit(bits: Uint8Array, bit: number): void {
  bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
