import type { Request } from 'express';
import { Problem } from '../../platform/problems/problem.js';
import type { Place } from './domain/intake-gate.js';
import { decompress, type Encoding } from './decompress.js';

/** Bounds of a request body. */
export interface BodyLimits {
  /** Most bytes, also after decompression. */
  readonly maxBytes: number;
  /** Longest time until the last byte has arrived, in milliseconds. */
  readonly timeoutMs: number;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes that a body needs at first: what it says of itself, where it says it. @throws Problem 413 where that is too much. */
export function declaredBytes(request: Request, { maxBytes }: BodyLimits): number {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  return declared;
}

/** How a body is encoded. @throws Problem 415 */
export function encodingOf(request: Request): Encoding {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return 'identity';
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  if (encoding === 'zstd') return 'zstd';
  throw new Problem('unsupported-media-type', 'Send the body uncompressed, or with Content-Encoding gzip or zstd.', {
    headers: { 'Accept-Encoding': 'gzip, zstd', Connection: 'close' },
  });
}

/**
 * Reads a body and decompresses it. What it answers owns its memory alone.
 * @throws Problem 400 for what is cut off, damaged or too slow, 413 beyond the limit, 503 where there is no memory to spare.
 */
export async function readBody(request: Request, encoding: Encoding, place: Place, limits: BodyLimits): Promise<Bytes> {
  const sent = await receive(request, place, limits);
  if (encoding === 'identity') return sent;
  const plain = await decompress(sent, encoding, limits.maxBytes);
  if (plain === 'too_large') throw tooLarge(limits.maxBytes);
  if (plain === 'damaged') throw malformed('The compressed body is cut off or damaged.', 'bad_encoding');
  if (!place.grow(plain.length)) throw busy();
  return plain;
}

/** 503: as much is under way as may be. */
export function busy(): Problem {
  return new Problem('unavailable', 'As many events are under way as may be; send it again in a second.', {
    headers: { 'Retry-After': '1', Connection: 'close' },
  });
}

function receive(request: Request, place: Place, limits: BodyLimits): Promise<Bytes> {
  const declared = Number(request.headers['content-length'] ?? 0);
  let bytes = new Uint8Array(declared);
  let length = 0;
  return new Promise<Bytes>((resolve, reject) => {
    const timer = setTimeout(() => stop(malformed('The body did not arrive in time.', 'too_slow')), limits.timeoutMs);
    const stop = (problem: Problem): void => {
      finish();
      request.pause();
      reject(problem);
    };
    const onData = (chunk: Buffer): void => {
      if (length + chunk.length > limits.maxBytes) return stop(tooLarge(limits.maxBytes));
      if (length + chunk.length > bytes.length) {
        const larger = Math.min(limits.maxBytes, Math.max(length + chunk.length, bytes.length * 2, 64 * 1024));
        if (!place.grow(larger - bytes.length)) return stop(busy());
        const grown = new Uint8Array(larger);
        grown.set(bytes.subarray(0, length));
        bytes = grown;
      }
      bytes.set(chunk, length);
      length += chunk.length;
      free(chunk);
    };
    const onEnd = (): void => {
      finish();
      resolve(length === bytes.length ? bytes : bytes.slice(0, length));
    };
    const onCut = (): void => stop(malformed('The body was cut off.', 'cut_off'));
    const finish = (): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut);
    };
    request.on('data', onData).once('end', onEnd).once('close', onCut).on('error', onCut);
  });
}

/** Gives a chunk's memory back where it has it alone: left to the collector, the chunks of large bodies make it stop everybody. */
function free({ buffer, length }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('too-large', `Send at most ${maxBytes} bytes in one request, counted after decompression.`, {
    headers: { Connection: 'close' },
  });
}

function malformed(detail: string, code: string): Problem {
  return new Problem('malformed-request', detail, { headers: { Connection: 'close' }, errors: [{ pointer: '', code, detail }] });
}
