import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

const compress = promisify(zstdCompress);

const COMPRESSION = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  chunkSize: 256 * 1024,
};
const LENGTH_BYTES = 4;
/** Below this, compressing takes less than handing it over. */
const LARGE_FROM_BYTES = 256 * 1024;
const LARGEST_KEPT = 16 * 1024 * 1024;

/** Memory that blocks are put together in, used again and again so that its pages are not asked of the system each time. */
let workspace = Buffer.alloc(0);

/** A block, and how many bytes its records have. */
export interface PackedBlock {
  readonly body: Uint8Array;
  readonly bytes: number;
}

/** Packs records: their lengths (32 bits each, little-endian), then their bytes, as one zstd frame with a checksum. */
export function packBlock(records: readonly Uint8Array[]): PackedBlock {
  const bytes = bytesOf(records);
  return { body: zstdCompressSync(fill(room(records.length * LENGTH_BYTES + bytes), records), COMPRESSION), bytes };
}

/** The same; others have their turn while much is compressed. */
export async function packBlockAside(records: readonly Uint8Array[]): Promise<PackedBlock> {
  const bytes = bytesOf(records);
  if (bytes < LARGE_FROM_BYTES) return packBlock(records);
  const plain = Buffer.allocUnsafeSlow(records.length * LENGTH_BYTES + bytes);
  return { body: await compress(fill(plain, records), COMPRESSION), bytes };
}

/** Unpacks a block of `count` records of `bytes` bytes together, as text. @throws Error where the block is damaged. */
export function unpackBlock(body: Uint8Array, count: number, bytes: number): readonly string[] {
  const size = count * LENGTH_BYTES + bytes;
  const plain = zstdDecompressSync(body, { maxOutputLength: Math.max(1, size), chunkSize: 256 * 1024 });
  if (plain.length !== size) throw new Error('a stored block is not of the size that was noted');
  const records: string[] = [];
  let start = count * LENGTH_BYTES;
  for (let position = 0; position < count; position += 1) {
    const end = start + plain.readUInt32LE(position * LENGTH_BYTES);
    records.push(plain.toString('utf8', start, end));
    start = end;
  }
  return records;
}

function room(size: number): Buffer {
  if (size > LARGEST_KEPT) return Buffer.allocUnsafe(size);
  if (workspace.length < size) workspace = Buffer.allocUnsafeSlow(Math.min(LARGEST_KEPT, size * 2));
  return workspace.subarray(0, size);
}

function bytesOf(records: readonly Uint8Array[]): number {
  return records.reduce((sum, record) => sum + record.length, 0);
}

function fill(plain: Buffer, records: readonly Uint8Array[]): Buffer {
  let end = records.length * LENGTH_BYTES;
  for (const [position, record] of records.entries()) {
    plain.writeUInt32LE(record.length, position * LENGTH_BYTES);
    plain.set(record, end);
    end += record.length;
  }
  return plain;
}
