import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, type Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A line of a log file. */
export interface LogLine {
  /** Counted from 1 over all lines. */
  readonly number: number;
  readonly text: string;
  /** True for a line of more than 1 MiB, which cannot be an event; its text is left out. */
  readonly oversize: boolean;
}

const LINE_FEED = 0x0a;
const CHUNK_BYTES = 256 * 1024;
const MAX_LINE_BYTES = 1024 * 1024;

/**
 * Reads a file line by line, several lines at a time, holding no more than one line and one chunk of it. A file that begins like
 * gzip is unpacked. `onBytes` hears how many bytes of the file were read.
 * @throws Error when the file cannot be read or unpacked to its end; the lines before were given.
 */
export async function* readLogLines(path: string, onBytes: (bytes: number) => void): AsyncGenerator<LogLine[]> {
  const lines = new LineSplitter();
  for await (const chunk of await openLog(path, onBytes)) yield lines.push(chunk as Buffer);
  yield lines.end();
}

async function openLog(path: string, onBytes: (bytes: number) => void): Promise<Readable> {
  const packed = await beginsLikeGzip(path);
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  file.on('data', (chunk) => onBytes(chunk.length));
  // The consumer of the last stream gets the error of any of them.
  return pipeline(file, packed ? createGunzip({ chunkSize: CHUNK_BYTES }) : new PassThrough(), () => undefined);
}

async function beginsLikeGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** Cuts bytes into lines. Bytes are looked at, not characters: no byte of a UTF-8 sequence can be mistaken for a line feed. */
class LineSplitter {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private count = 0;

  push(chunk: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.keep(chunk.subarray(start, end));
      lines.push(this.take());
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
    return lines;
  }

  end(): LogLine[] {
    return this.pendingBytes === 0 ? [] : [this.take()];
  }

  private keep(bytes: Buffer): void {
    if (this.pendingBytes <= MAX_LINE_BYTES && bytes.length > 0) this.pending.push(bytes);
    this.pendingBytes += bytes.length;
  }

  private take(): LogLine {
    const [only] = this.pending;
    const tooLong = this.pendingBytes > MAX_LINE_BYTES;
    const bytes = this.pending.length === 1 && only !== undefined ? only : Buffer.concat(tooLong ? [] : this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    return { number: ++this.count, text: tooLong ? '' : bytes.toString('utf8'), oversize: tooLong };
  }
}
