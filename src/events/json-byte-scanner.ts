import { afterByteOrderMark } from './split-lines.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** Deepest nesting that is followed while delimiting an element; deeper ones end the scan, not the process. */
const MAX_NESTING = 512;

/** How far into a string bytes are looked at one by one before the native search takes over, whose calls cost more. */
const NEAR = 64;

/** What each byte means outside of a string; 0 is anything else. */
const PLAIN = 0;
const OPEN = 1;
const CLOSE = 2;
const STRING = 3;
const END = 4;
const KIND = byteKinds();

export type ScanFault = 'malformed' | 'too_deep';

/** Walks over the bytes of a JSON text, delimiting values without building them. Linear in time, constant in memory. */
export class JsonByteScanner {
  position: number;
  private readonly closers = new Uint8Array(MAX_NESTING);

  constructor(private readonly body: Buffer) {
    this.position = afterByteOrderMark(body);
  }

  /** Skips white space and tells the byte that follows, without consuming it; `undefined` at the end. */
  next(): number | undefined {
    let byte = this.body[this.position];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.position += 1;
      byte = this.body[this.position];
    }
    return byte;
  }

  /** Consumes one byte. */
  take(): void {
    this.position += 1;
  }

  /** Reads the string that starts here; `undefined` when it is cut off or not valid JSON. */
  string(): string | undefined {
    const start = this.position;
    if (!this.skipString()) return undefined;
    try {
      const value: unknown = JSON.parse(this.body.toString('utf8', start, this.position));
      return typeof value === 'string' ? value : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Moves behind the array element that starts here. Only strings and the balance of brackets are looked at.
   * Leaves trailing white space of the element to the next call of `next`.
   */
  skipElement(): ScanFault | undefined {
    const { body } = this;
    const start = this.position;
    let depth = 0;
    while (this.position < body.length) {
      const byte = body[this.position] as number;
      const kind = KIND[byte];
      if (kind === STRING) {
        if (!this.skipString()) return 'malformed';
        continue;
      }
      if (kind === OPEN) {
        if (depth === MAX_NESTING) return 'too_deep';
        this.closers[depth] = byte + 2;
        depth += 1;
      } else if (depth === 0 && (kind === CLOSE || kind === END)) {
        return this.endElement(start);
      } else if (kind === CLOSE) {
        depth -= 1;
        if (this.closers[depth] !== byte) return 'malformed';
      }
      this.position += 1;
    }
    return 'malformed';
  }

  private endElement(start: number): ScanFault | undefined {
    let end = this.position;
    while (end > start && (this.body[end - 1] as number) <= 0x20) end -= 1;
    this.position = end;
    return end === start ? 'malformed' : undefined;
  }

  /** Moves behind the string that starts here; false when it never ends. Long strings are left to the native search. */
  private skipString(): boolean {
    const { body } = this;
    const near = Math.min(body.length, this.position + NEAR);
    let at = this.position + 1;
    for (; at < near; at += 1) {
      const byte = body[at];
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) {
        this.position = at + 1;
        return true;
      }
    }
    return this.skipLongString(at);
  }

  /** As `skipString`, from `from` on, which is not escaped. */
  private skipLongString(from: number): boolean {
    const { body } = this;
    for (let quote = body.indexOf(QUOTE, from); quote !== -1; quote = body.indexOf(QUOTE, quote + 1)) {
      let before = quote - 1;
      while (before >= from && body[before] === BACKSLASH) before -= 1;
      if ((quote - 1 - before) % 2 === 0) {
        this.position = quote + 1;
        return true;
      }
    }
    return false;
  }
}

function byteKinds(): Uint8Array {
  const kinds = new Uint8Array(256).fill(PLAIN);
  for (const byte of Buffer.from('{[')) kinds[byte] = OPEN;
  for (const byte of Buffer.from('}]')) kinds[byte] = CLOSE;
  kinds[QUOTE] = STRING;
  kinds[COMMA] = END;
  return kinds;
}
