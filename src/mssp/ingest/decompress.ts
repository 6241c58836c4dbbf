import { gunzip, zstdDecompress, type InputType, type ZstdOptions } from 'node:zlib';

export type Encoding = 'identity' | 'gzip' | 'zstd';

type Bytes = Uint8Array<ArrayBuffer>;

const CHUNK = 256 * 1024;

/** Decompresses a body off the main thread; stops at `maxBytes`. What is cut off, damaged or followed by something else is `damaged`. */
export function decompress(
  sent: Bytes,
  encoding: Exclude<Encoding, 'identity'>,
  maxBytes: number,
): Promise<Bytes | 'too_large' | 'damaged'> {
  return encoding === 'gzip' ? gunzipAll(sent, maxBytes) : unzstdAll(sent, maxBytes);
}

function gunzipAll(sent: Bytes, maxBytes: number): Promise<Bytes | 'too_large' | 'damaged'> {
  return new Promise((resolve) => {
    gunzip(sent, { maxOutputLength: maxBytes, chunkSize: CHUNK }, (error, plain) => resolve(error ? fault(error) : owned(plain)));
  });
}

/** Node reads one frame and leaves what follows, so frames are read until nothing is left (RFC 8878, 3.1: frames may follow one another). */
async function unzstdAll(sent: Bytes, maxBytes: number): Promise<Bytes | 'too_large' | 'damaged'> {
  const frames: Uint8Array[] = [];
  let rest = sent;
  let room = maxBytes;
  do {
    const frame = await unzstdFrame(rest, room);
    if (typeof frame === 'string') return frame;
    if (frame.read === 0) return 'damaged';
    frames.push(frame.plain);
    room -= frame.plain.length;
    rest = rest.subarray(frame.read);
  } while (rest.length > 0 && room > 0);
  if (rest.length > 0) return 'too_large';
  return owned(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames));
}

interface Frame {
  readonly plain: Uint8Array;
  readonly read: number;
}

type ReadFrame = (
  input: InputType,
  options: ZstdOptions,
  done: (error: Error | null, result: { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }) => void,
) => void;

function unzstdFrame(input: Bytes, maxBytes: number): Promise<Frame | 'too_large' | 'damaged'> {
  return new Promise((resolve) => {
    (zstdDecompress as unknown as ReadFrame)(input, { maxOutputLength: maxBytes, chunkSize: CHUNK, info: true }, (error, result) =>
      resolve(error ? fault(error) : { plain: result.buffer, read: result.engine.bytesWritten }),
    );
  });
}

function fault(error: Error): 'too_large' | 'damaged' {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'damaged';
}

/** The bytes in memory of their own, so that they can be handed to another thread. */
function owned(bytes: Uint8Array): Bytes {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return whole ? new Uint8Array(bytes.buffer as ArrayBuffer) : new Uint8Array(bytes);
}
