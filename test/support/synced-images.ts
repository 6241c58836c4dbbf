import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isSync, type TracedCall } from './trace-log.js';

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };

interface Image {
  /** What is sure to be on the disk. */
  content: Buffer;
  /** What was written since, in order. */
  pending: Change[];
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
    const image = this.images.get(path) ?? { content: Buffer.alloc(0), pending: [], covered: 0 };
    this.images.set(path, image);
    if (name === 'pwrite64' && phase === 'begins') image.pending.push(writeOf(text));
    if (name === 'ftruncate' && phase === 'begins') image.pending.push({ length: Number(/^, (\d+)/.exec(text)?.[1]) });
    if (!isSync(name)) return;
    if (phase === 'begins') image.covered = image.pending.length;
    else if (result === '0') for (const change of image.pending.splice(0, image.covered)) image.content = changed(image.content, change);
  }

  /** Writes the files as a power cut at this moment may leave them: of what was not synced, those writes that `isKept` chooses are there. */
  writeTo(directory: string, isKept: () => boolean): void {
    mkdirSync(directory, { recursive: true });
    for (const [path, { content, pending }] of this.images) {
      const left = pending.filter(isKept).reduce(changed, content);
      writeFileSync(join(directory, basename(path)), left);
    }
  }
}

function changed(content: Buffer, change: Change): Buffer {
  if ('length' in change) {
    const cut = Buffer.alloc(change.length);
    content.copy(cut, 0, 0, Math.min(change.length, content.length));
    return cut;
  }
  const end = change.at + change.bytes.length;
  let grown = content;
  if (end > content.length) {
    grown = Buffer.alloc(end);
    content.copy(grown);
  }
  change.bytes.copy(grown, change.at);
  return grown;
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
