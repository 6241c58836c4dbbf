import fc from 'fast-check';
import { writeDurably, type FileCalls } from '../../src/platform/storage/write-durably.js';

const FILE = '/data/secrets.json';

class PowerCut extends Error {}

interface Inode {
  written: string;
  synced: string;
}

/** A disk that keeps what was synced; of everything else a power cut leaves whatever `choose` says. */
class ForgetfulDisk implements FileCalls {
  private names = new Map<string, Inode>();
  private syncedNames = new Map<string, Inode>();
  private readonly handles: (Inode | string)[] = [];
  private callsLeft = Infinity;

  constructor(private readonly choose: () => boolean) {}

  /** The power goes in the middle of the n-th call from now. */
  cutAfter(calls: number): void {
    this.callsLeft = calls;
  }

  open(path: string, flags: 'w' | 'r'): number {
    this.step();
    if (flags === 'r') return this.handles.push(path) - 1;
    const inode = this.names.get(path) ?? { written: '', synced: '' };
    inode.written = '';
    this.names.set(path, inode);
    return this.handles.push(inode) - 1;
  }

  write(file: number, content: Uint8Array): void {
    this.step();
    this.inode(file).written = Buffer.from(content).toString();
  }

  sync(file: number): void {
    this.step();
    const handle = this.handles[file];
    if (typeof handle === 'string') this.syncedNames = new Map(this.names);
    else if (handle) handle.synced = handle.written;
  }

  close(): void {
    if (this.callsLeft > 0) this.step();
  }

  rename(from: string, to: string): void {
    this.step();
    const inode = this.names.get(from);
    if (!inode) throw new Error('no such file');
    this.names.set(to, inode);
    this.names.delete(from);
  }

  /** What is there once the power is back. */
  afterCut(): string | undefined {
    this.callsLeft = Infinity;
    if (!this.choose()) this.names = new Map(this.syncedNames);
    for (const inode of this.names.values()) {
      if (inode.written !== inode.synced && !this.choose())
        inode.written = this.choose() ? inode.synced : inode.written.slice(0, inode.written.length / 2);
      inode.synced = inode.written;
    }
    this.syncedNames = new Map(this.names);
    return this.names.get(FILE)?.written;
  }

  private inode(file: number): Inode {
    const handle = this.handles[file];
    if (handle === undefined || typeof handle === 'string') throw new Error('not a file');
    return handle;
  }

  private step(): void {
    this.callsLeft -= 1;
    if (this.callsLeft < 0) throw new PowerCut();
  }
}

/** Replaces a file again and again, cutting the power in the middle of any call: the old content is there or the new one, and the new one once it was said to be. */
export function checkDurableWrites(numRuns: number): void {
  const cuts = fc.array(fc.option(fc.nat(8), { nil: undefined, freq: 2 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(cuts, fc.infiniteStream(fc.boolean()), (plan, chances) => {
      const disk = new ForgetfulDisk(() => chances.next().value === true);
      let there: string | undefined;
      for (const [turn, cut] of plan.entries()) {
        const content = `content ${turn}`;
        if (cut !== undefined) disk.cutAfter(cut);
        try {
          writeDurably(FILE, content, disk);
          there = content;
          expect(disk.afterCut()).toBe(content);
        } catch (error) {
          if (!(error instanceof PowerCut)) throw error;
          const found = disk.afterCut();
          expect([there, content]).toContain(found);
          there = found;
        }
      }
    }),
    { numRuns },
  );
}
