import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileContent, type FileChange } from './file-content.js';
import { isSync, type TracedCall } from './trace-log.js';

interface Inode {
  /** What is sure to be on the disk. */
  readonly content: FileContent;
  /** What was written since, in order. */
  readonly pending: FileChange[];
  /** How much of that the sync under way covers. */
  covered: number;
}

/** A name that a directory got or lost; null where it was lost. */
interface Naming {
  readonly directory: string;
  readonly names: readonly (readonly [string, Inode | null])[];
}

/** What a power cut leaves of what was not synced. */
export interface Losses {
  /** What is left of one change of a file: all of it, pieces of it, or nothing. */
  left(change: FileChange): readonly FileChange[];
  /** How many of a directory's changes of names are left, the first ones. */
  names(pending: number): number;
}

/** What a disk holds of files, as a trace tells it: what was synced, and what was only written. */
export class SyncedImages {
  /** Names as programs see them, and as they are sure to be on the disk. */
  private readonly names = new Map<string, Inode>();
  private readonly sure = new Map<string, Inode>();
  private namings: Naming[] = [];

  /** @param place where in an image a file belongs, by its path; `undefined` for one that is not followed. */
  constructor(private readonly place: (path: string) => string | undefined) {}

  follow(call: TracedCall): void {
    if (isSync(call.name) && call.phase === 'returned' && call.result === '0') this.keepNamesOf(call.path);
    if (this.place(call.path) === undefined) return;
    if (call.name === 'openat' || call.name === 'unlink' || call.name === 'rename') this.followName(call);
    else this.followContent(call);
  }

  /** Writes the files as a power cut at this moment may leave them. */
  writeTo(directory: string, losses: Losses): void {
    mkdirSync(directory, { recursive: true });
    for (const [path, { content, pending }] of this.namesLeft(losses)) {
      const left = content.clone();
      for (const change of pending) for (const piece of losses.left(change)) left.apply(piece);
      const file = join(directory, this.place(path) ?? '');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, left.bytes);
    }
  }

  private namesLeft(losses: Losses): ReadonlyMap<string, Inode> {
    const names = new Map(this.sure);
    const byDirectory = Map.groupBy(this.namings, ({ directory }) => directory);
    for (const namings of byDirectory.values()) for (const naming of namings.slice(0, losses.names(namings.length))) rename(names, naming);
    return names;
  }

  private followContent(call: TracedCall): void {
    const { phase, name, path, text, result } = call;
    const inode = this.names.get(path) ?? this.found(path);
    if (phase === 'begins') {
      if (name === 'pwrite64' || name === 'write') inode.pending.push(changeOf(call, inode));
      if (name === 'ftruncate') inode.pending.push({ length: Number(/^, (\d+)/.exec(text)?.[1]) });
      if (isSync(name)) inode.covered = inode.pending.length;
    } else if (isSync(name) && result === '0') {
      for (const change of inode.pending.splice(0, inode.covered)) inode.content.apply(change);
    }
  }

  private followName({ phase, name, path, text, result }: TracedCall): void {
    if (phase === 'begins' || result.startsWith('-1')) return;
    if (name === 'openat') {
      if (!text.includes('O_CREAT')) return;
      const inode = this.names.get(path) ?? newInode();
      if (text.includes('O_TRUNC')) inode.pending.push({ length: 0 });
      if (!this.names.has(path)) this.change(path, [[path, inode]]);
      return;
    }
    const inode = this.names.get(path);
    if (!inode) return;
    const to = /"([^"]*)"/.exec(text)?.[1] ?? '';
    this.change(
      path,
      name === 'unlink'
        ? [[path, null]]
        : [
            [path, null],
            [to, inode],
          ],
    );
  }

  private change(path: string, names: Naming['names']): void {
    const naming = { directory: dirname(path), names };
    rename(this.names, naming);
    this.namings.push(naming);
  }

  private keepNamesOf(directory: string): void {
    for (const naming of this.namings) if (naming.directory === directory) rename(this.sure, naming);
    this.namings = this.namings.filter((naming) => naming.directory !== directory);
  }

  /** A file that was there before the trace began, or whose creation is not in it. */
  private found(path: string): Inode {
    const inode = newInode();
    this.names.set(path, inode);
    this.sure.set(path, inode);
    return inode;
  }
}

function newInode(): Inode {
  return { content: new FileContent(), pending: [], covered: 0 };
}

function rename(names: Map<string, Inode>, { names: changes }: Naming): void {
  for (const [path, inode] of changes) {
    if (inode) names.set(path, inode);
    else names.delete(path);
  }
}

const WRITE = /^, "((?:[^"\\]|\\.)*)", (\d+)(?:, (\d+))?/s;
const ESCAPE = /\\([0-7]{1,3}|.)/gs;
const LETTERS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };

/** What calls have written, for those who go through a trace more than once. */
const written = new WeakMap<TracedCall, Written>();

interface Written {
  readonly bytes: Buffer;
  /** Where it says that it goes; at the file's end where it does not say. */
  readonly at: number | undefined;
}

function changeOf(call: TracedCall, { content, pending }: Inode): FileChange {
  const { bytes, at } = written.get(call) ?? writtenBy(call);
  return { bytes, at: at ?? lengthOf(content, pending) };
}

/** @throws Error where the trace has cut the bytes off. */
function writtenBy(call: TracedCall): Written {
  const match = WRITE.exec(call.text);
  if (!match) throw new Error(`a write is not told of in full: ${call.text.slice(0, 80)}`);
  const plain = (match[1] ?? '').replace(ESCAPE, (_, escape: string) =>
    /^[0-7]/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : (LETTERS[escape] ?? escape),
  );
  const bytes = Buffer.from(plain, 'latin1');
  if (bytes.length !== Number(match[2])) throw new Error('a write is not as long as it says');
  const known = { bytes, at: match[3] === undefined ? undefined : Number(match[3]) };
  written.set(call, known);
  return known;
}

function lengthOf(content: FileContent, pending: readonly FileChange[]): number {
  return pending.reduce(
    (length, change) => ('length' in change ? change.length : Math.max(length, change.at + change.bytes.length)),
    content.bytes.length,
  );
}
