import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

export type Encoding = 'identity' | 'gzip' | 'zstd';

type Bytes = Uint8Array<ArrayBuffer>;

type Chunk = Buffer<ArrayBuffer>;

const CHUNK = 256 * 1024;

/** Decompresses a body off the main thread; stops at `maxBytes`. What is cut off, damaged or followed by something else is `damaged`. */
export async function decompress(
  sent: Bytes,
  encoding: Exclude<Encoding, 'identity'>,
  maxBytes: number,
): Promise<Bytes | 'too_large' | 'damaged'> {
  const plain = new Chunks(maxBytes);
  const fault = encoding === 'gzip' ? await gunzipAll(sent, plain) : await unzstdAll(sent, plain);
  if (fault === undefined) return plain.take();
  plain.free();
  return fault;
}

type Fault = 'too_large' | 'damaged';

async function gunzipAll(sent: Bytes, plain: Chunks): Promise<Fault | undefined> {
  const read = await run(createGunzip({ chunkSize: CHUNK }), sent, plain);
  return typeof read === 'number' ? undefined : read;
}

/** Node reads one frame and leaves what follows, so frames are read until nothing is left (RFC 8878, 3.1: frames may follow one another). */
async function unzstdAll(sent: Bytes, plain: Chunks): Promise<Fault | undefined> {
  let rest = sent;
  do {
    const read = await run(createZstdDecompress({ chunkSize: CHUNK }), rest, plain);
    if (typeof read === 'string') return read;
    if (read === 0) return 'damaged';
    rest = rest.subarray(read);
  } while (rest.length > 0);
  return undefined;
}

/** Runs bytes through a decompressor to the end of its stream; answers how many of them it has read. */
function run(engine: Transform & { readonly bytesWritten: number }, sent: Bytes, plain: Chunks): Promise<number | Fault> {
  return new Promise((resolve) => {
    const stop = (fault: Fault): void => {
      engine.destroy();
      resolve(fault);
    };
    engine.on('data', (chunk: Chunk) => {
      if (!plain.append(chunk)) stop('too_large');
    });
    engine.once('error', () => stop('damaged'));
    engine.once('end', () => resolve(engine.bytesWritten));
    engine.end(sent);
  });
}

/**
 * What a decompressor has written, in its own chunks: a body that turns out too large has cost its limit and no more, and gives it back at once.
 * Waiting for the collector would let many times the limit lie about.
 */
class Chunks {
  private readonly chunks: Chunk[] = [];
  private length = 0;

  constructor(private readonly most: number) {}

  /** False where the limit is passed. */
  append(chunk: Chunk): boolean {
    this.chunks.push(chunk);
    this.length += chunk.length;
    return this.length <= this.most;
  }

  /** The bytes in memory of their own, so that they can be handed to another thread. */
  take(): Bytes {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
      free(chunk);
    }
    return whole;
  }

  free(): void {
    this.chunks.forEach(free);
  }
}

/** The decompressor's next chunk may lie behind this one in the same memory; the one that fills it is the last there. */
function free({ buffer, byteOffset, length }: Chunk): void {
  if (byteOffset + length === CHUNK && buffer.byteLength === CHUNK) buffer.transfer(0);
}
