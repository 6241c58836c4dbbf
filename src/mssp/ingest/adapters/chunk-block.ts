import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

const COMPRESSION = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  chunkSize: 256 * 1024,
};
const LENGTH_BYTES = 4;
const LARGEST_KEPT = 16 * 1024 * 1024;

/** Memory that blocks are put together in, used again and again so that its pages are not asked of the system each time. */
let workspace = Buffer.alloc(0);

/** Packs records: their lengths (32 bits each, little-endian), then their bytes, as one zstd frame with a checksum. */
export function packBlock(records: readonly Uint8Array[]): { readonly body: Uint8Array; readonly bytes: number } {
  const bytes = records.reduce((sum, record) => sum + record.length, 0);
  const plain = room(records.length * LENGTH_BYTES + bytes);
  let end = records.length * LENGTH_BYTES;
  for (const [position, record] of records.entries()) {
    plain.writeUInt32LE(record.length, position * LENGTH_BYTES);
    plain.set(record, end);
    end += record.length;
  }
  return { body: zstdCompressSync(plain, COMPRESSION), bytes };
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
