import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileChange } from './file-content.js';
import { faultsOf } from './power-cut-check.js';
import { planFile, type Step } from './power-cut-plan.js';
import { tracing } from './strace.js';
import { SyncedImages, type Losses } from './synced-images.js';
import { readTrace, type TracedCall } from './trace-log.js';

const WRITER = resolve('test/support/power-cut-writer.mjs');
const CALLS = ['pwrite64', 'write', 'ftruncate', 'fdatasync', 'fsync', 'openat', 'unlink', 'rename'];
const LONGEST_WRITE = 70_000;
/** What the writer says goes where its parent listens. */
const SAYING = /^(?:pipe|socket):/;
const DONE = /"done (\d+)\\n"/;
const DATABASE_OR_FILE =
  /\/(?:[\w-]+\.db(?:-wal|-journal)?|events-[\d-]+\.mark|events-[\d-]+\.(?:damaged|repairing)-\d+\.db(?:-wal)?|secrets\.json(?:\.\d+\.new)?)$/;
/** What a disk writes whole: a sector, or a page of today's disks. */
const SECTORS = [512, 4_096] as const;

/** A writer that is at fault: it never syncs, or says that a thing is done before it is. */
export type WriterFault = 'unsynced' | 'early';

/** What a trace of a writer says of power cuts. */
export interface PowerCuts {
  readonly images: number;
  /** Changes of files that were not synced, over all images. */
  readonly unsynced: number;
  readonly torn: number;
  /** What was wrong in them. */
  readonly faults: readonly string[];
}

/** Has a process follow a plan under the tracer; answers the calls that it made on files, and what it said. */
export async function traceWriter(steps: readonly Step[], fault?: WriterFault): Promise<WriterTrace> {
  const directory = mkdtempSync(join(placeInMemory(), 'gatra-cuts-'));
  const [plan, file, dataDir] = [join(directory, 'plan.json'), join(directory, 'trace'), join(directory, 'data')];
  writeFileSync(plan, planFile(steps));
  const [command, ...words] = [...tracing(file, CALLS, LONGEST_WRITE), process.execPath, WRITER, plan, dataDir, fault ?? ''];
  const ran = spawnSync(command, words, { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`the writer ended with ${ran.status}: ${ran.stderr}`);
  let trace = '';
  while (!/\+\+\+ exited with 0 \+\+\+\s*$/.test(trace)) {
    await sleep(50);
    trace = readFileSync(file, 'latin1');
  }
  return new WriterTrace(steps, directory, dataDir, trace.split('\n'));
}

/** When to stop. */
export interface CutsWanted {
  readonly images: number;
  readonly at: number;
  readonly least?: number;
  readonly from?: number;
}

/** What a writer did to its files. */
export class WriterTrace {
  private readonly calls: readonly TracedCall[];

  constructor(
    private readonly steps: readonly Step[],
    private readonly directory: string,
    private readonly dataDir: string,
    lines: readonly string[],
  ) {
    this.calls = [...readTrace(lines)].filter(({ path }) => path.startsWith(dataDir) || SAYING.test(path));
  }

  /** How many moments there are at which the power may be cut. */
  get moments(): number {
    return this.calls.length;
  }

  /**
   * Cuts the power at moments that are chosen at random, each time losing, reordering and tearing other things, and looks at what is left with
   * the stores themselves.
   * @param until stops after this many images, or at this time (`performance.now()`) once there are the `least`; looks only after step `from` was done.
   */
  async cut(random: () => number, until: CutsWanted): Promise<PowerCuts> {
    const tally = { images: 0, unsynced: 0, torn: 0 };
    const faults: string[] = [];
    const isTimeUp = (): boolean => tally.images >= (until.least ?? 0) && performance.now() >= until.at;
    while (tally.images < until.images && !isTimeUp() && faults.length === 0) {
      const share = Math.min(1, (until.images - tally.images) / this.calls.length, PER_PASS / this.calls.length);
      await this.pass(random, share, async (images, done) => {
        if (done < (until.from ?? -1)) return true;
        const left = mkdtempSync(join(this.directory, 'cut-'));
        images.writeTo(left, lossesOf(random, tally));
        const found = await faultsOf(left, this.steps, done);
        if (found.length > 0) faults.push(`image ${tally.images} after step ${done}: ${found.join('; ')}`);
        tally.images += 1;
        rmSync(left, { recursive: true });
        return faults.length === 0 && !isTimeUp();
      });
    }
    return { ...tally, faults };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Goes through the trace once and looks at a share of the moments. */
  private async pass(random: () => number, share: number, look: (images: SyncedImages, done: number) => Promise<boolean>): Promise<void> {
    const images = new SyncedImages((path) => (DATABASE_OR_FILE.test(path) ? relative(this.dataDir, path) : undefined));
    let done = -1;
    for (const call of this.calls) {
      images.follow(call);
      if (SAYING.test(call.path) && call.phase === 'begins') done = Number(DONE.exec(call.text)?.[1] ?? done);
      if (random() < share && !(await look(images, done))) return;
    }
  }
}

const PER_PASS = 400;

/** Each image loses more or less than the next one, from nothing to everything, and tears some of what it keeps. */
function lossesOf(random: () => number, tally: { unsynced: number; torn: number }): Losses {
  const kept = Math.round(random() * 4) / 4;
  const tearing = random() < 0.5 ? 0 : 0.3;
  const sector = SECTORS[Math.floor(random() * SECTORS.length)] ?? 512;
  const isOrdered = random() < 0.3;
  return {
    left(change) {
      tally.unsynced += 1;
      if (random() >= kept) return [];
      if (!('bytes' in change) || random() >= tearing) return [change];
      tally.torn += 1;
      return sectorsOf(change, sector).filter((_, at, { length }) => (isOrdered ? at < length / 2 : random() < 0.5));
    },
    names: (pending) => Math.floor(random() * (pending + 1)),
  };
}

/** The parts of a write that lie in different sectors. */
function sectorsOf({ at, bytes }: Extract<FileChange, { bytes: Buffer }>, sector: number): FileChange[] {
  const pieces: FileChange[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + sector - ((at + from) % sector));
    pieces.push({ at: at + from, bytes: bytes.subarray(from, to) });
    from = to;
  }
  return pieces;
}

function placeInMemory(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
