import type { Request } from 'express';
import { Problem } from '../problems/problem.js';

/** A request whose body was read by the door, as signatures are over the bytes that came. */
export interface SignedRequest extends Request {
  /** The body as it came, before any decoding. */
  wireBody?: Buffer;
}

/** Reads a body as it comes. @throws Problem 413 beyond the limit, 400 where it is cut off. */
export async function readWireBody(request: Request, largest: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > largest) throw tooLarge(largest);
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const stop = (problem: Problem): void => {
      request.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut).pause();
      reject(problem);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > largest) stop(tooLarge(largest));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      request.off('close', onCut).off('error', onCut);
      resolve(Buffer.concat(chunks, length));
    };
    const onCut = (): void => stop(new Problem('malformed-request', 'The body was cut off.'));
    request.on('data', onData).once('end', onEnd).once('close', onCut).on('error', onCut);
  });
}

function tooLarge(largest: number): Problem {
  return new Problem('too-large', `Send at most ${largest} bytes.`, { headers: { Connection: 'close' } });
}
