const CHUNK = 1 << 20;
const WIDE = '\0';

/**
 * Many short texts in few large buffers, in memory that threads can share: each costs its bytes and two of length. A text is written once and named by a number
 * from then on. Texts of characters below 256 are kept as such, others as UTF-8 behind a zero.
 */
export class TextColumn {
  private readonly chunks: Buffer[];
  private used = CHUNK;

  /** @param chunks the image of what it holds. */
  constructor(chunks: readonly Uint8Array[] = []) {
    this.chunks = chunks.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  }

  /** At most 65,535 bytes. @returns the number that names the text. */
  add(text: string): number {
    const narrow = narrowed(text);
    if (narrow.length > 0xffff) throw new RangeError('a text is longer than 65,535 bytes');
    if (this.used + 2 + narrow.length > CHUNK) {
      this.chunks.push(Buffer.from(new SharedArrayBuffer(CHUNK)));
      this.used = 0;
    }
    const chunk = this.chunks.length - 1;
    const at = this.used;
    const buffer = this.chunks[chunk];
    buffer?.writeUInt16LE(narrow.length, at);
    buffer?.write(narrow, at + 2, 'latin1');
    this.used = at + 2 + narrow.length;
    return chunk * CHUNK + at;
  }

  /** All texts, without room for more. */
  image(): readonly Uint8Array[] {
    const last = this.chunks.pop();
    if (last === undefined) return [];
    const trimmed = Buffer.from(new SharedArrayBuffer(Math.min(this.used, last.length)));
    last.copy(trimmed);
    this.chunks.push(trimmed);
    this.used = CHUNK;
    return [...this.chunks];
  }

  at(ref: number): string {
    const { buffer, at, length } = this.place(ref);
    const text = buffer.toString('latin1', at, at + length);
    return text.startsWith(WIDE) ? Buffer.from(text.slice(1), 'latin1').toString('utf8') : text;
  }

  /** Whether a text is what stands in `narrow` from `start` on. */
  equals(ref: number, narrow: string, start: number): boolean {
    const buffer = this.chunks[Math.floor(ref / CHUNK)];
    const at = (ref % CHUNK) + 2;
    const length = narrow.length - start;
    if (buffer === undefined || buffer.readUInt16LE(at - 2) !== length) return false;
    for (let i = 0; i < length; i++) {
      if (buffer[at + i] !== narrow.charCodeAt(start + i)) return false;
    }
    return true;
  }

  private place(ref: number): { buffer: Buffer; at: number; length: number } {
    const buffer = this.chunks[Math.floor(ref / CHUNK)] ?? Buffer.alloc(2);
    const at = ref % CHUNK;
    return { buffer, at: at + 2, length: buffer.readUInt16LE(at) };
  }
}

/** The text in characters below 256, as it is kept. */
export function narrowed(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) return WIDE + Buffer.from(text).toString('latin1');
  }
  return text.startsWith(WIDE) ? WIDE + text : text;
}
