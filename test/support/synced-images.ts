import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isSync, type TracedCall } from './trace-log.js';

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };

interface Image {
  /** What is sure to be on the disk. */
  readonly content: Content;
  /** What was written since, in order. */
  readonly pending: Change[];
  /** How much of that the sync under way covers. */
  covered: number;
}

/** What a disk holds of files, as a trace tells it: what was synced, and what was only written. */
export class SyncedImages {
  private readonly images = new Map<string, Image>();

  /** @param isOurs tells the files that are followed, by their paths. */
  constructor(private readonly isOurs: (path: string) => boolean) {}

  follow({ phase, name, path, text, result }: TracedCall): void {
    if (!this.isOurs(path)) return;
    const image = this.images.get(path) ?? { content: new Content(), pending: [], covered: 0 };
    this.images.set(path, image);
    if (name === 'pwrite64' && phase === 'begins') image.pending.push(writeOf(text));
    if (name === 'ftruncate' && phase === 'begins') image.pending.push({ length: Number(/^, (\d+)/.exec(text)?.[1]) });
    if (!isSync(name)) return;
    if (phase === 'begins') image.covered = image.pending.length;
    else if (result === '0') for (const change of image.pending.splice(0, image.covered)) image.content.apply(change);
  }

  /** Writes the files as a power cut at this moment may leave them: of what was not synced, those writes that `isKept` chooses are there. */
  writeTo(directory: string, isKept: () => boolean): void {
    mkdirSync(directory, { recursive: true });
    for (const [path, { content, pending }] of this.images) {
      const left = content.clone();
      for (const change of pending) if (isKept()) left.apply(change);
      writeFileSync(join(directory, basename(path)), left.bytes);
    }
  }
}

/** Bytes that grow without being copied each time. */
class Content {
  private room: Buffer;

  constructor(private length = 0) {
    this.room = Buffer.alloc(length);
  }

  get bytes(): Buffer {
    return this.room.subarray(0, this.length);
  }

  apply(change: Change): void {
    const end = 'length' in change ? change.length : change.at + change.bytes.length;
    if (end > this.room.length) {
      const grown = Buffer.alloc(end * 2);
      this.bytes.copy(grown);
      this.room = grown;
    }
    if ('length' in change) {
      this.room.fill(0, change.length);
      this.length = change.length;
      return;
    }
    change.bytes.copy(this.room, change.at);
    this.length = Math.max(this.length, end);
  }

  clone(): Content {
    const clone = new Content(this.length);
    this.bytes.copy(clone.room);
    return clone;
  }
}

const WRITE = /^, "((?:[^"\\]|\\.)*)", (\d+), (\d+)/s;
const ESCAPE = /\\([0-7]{1,3}|.)/gs;
const LETTERS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };

/** The bytes of a `pwrite64` and where they go. @throws Error where the trace has cut them off. */
function writeOf(text: string): Change {
  const match = WRITE.exec(text);
  if (!match) throw new Error(`a write is not told of in full: ${text.slice(0, 80)}`);
  const plain = (match[1] ?? '').replace(ESCAPE, (_, escape: string) =>
    /^[0-7]/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : (LETTERS[escape] ?? escape),
  );
  const bytes = Buffer.from(plain, 'latin1');
  if (bytes.length !== Number(match[2])) throw new Error('a write is not as long as it says');
  return { at: Number(match[3]), bytes };
}
