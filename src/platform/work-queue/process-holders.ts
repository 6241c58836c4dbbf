import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { OnApplicationShutdown } from '@nestjs/common';
import { isBusy } from '../storage/busy.js';
import { ProcessLock } from '../storage/process-lock.js';
import { Beats } from './beats.js';
import { NumberedHolders } from './numbered-holders.js';

const BEAT_MS = 5_000;
const SILENT_MS = 60_000;
const FILE = /^worker-([0-9a-f-]{36})\.lock$/;

/**
 * Processes on one data directory, by a file each. A process holds a lock on its file, which the operating system takes back however the process ends,
 * so its work is taken over at once. One that lives and has stood still shows by its beat: a count in the file's time of modification that the
 * observer has not seen change for a minute of its own monotonic clock.
 */
export class ProcessHolders extends NumberedHolders implements OnApplicationShutdown {
  private readonly beats: Beats;
  private readonly ended = Promise.withResolvers<void>();
  private begun: Promise<void> | undefined;
  private holding: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  /** @param elapsed milliseconds on a clock that is never set. */
  constructor(
    private readonly dataDir: string,
    elapsed: () => number = () => performance.now(),
  ) {
    super();
    this.beats = new Beats(elapsed);
  }

  /** Shows that this process still moves. */
  beat(): void {
    this.count += 1;
    utimesSync(this.fileOf(this.own), this.count, this.count);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.ended.resolve();
    await this.holding;
  }

  protected enter(): Promise<void> {
    return (this.begun ??= this.show());
  }

  protected async endedAmong(processes: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const ended = new Set<string>();
    for (const process of processes) if ((await this.hasEnded(process)) || this.isSilent(process)) ended.add(process);
    return ended;
  }

  private async show(): Promise<void> {
    await this.sweep();
    const lock = new ProcessLock(this.fileOf(this.own));
    const entered = Promise.withResolvers<void>();
    this.holding = lock
      .exclusively(async () => {
        entered.resolve();
        await this.ended.promise;
        rmSync(this.fileOf(this.own), { force: true });
      })
      .catch((error: unknown) => entered.reject(error as Error))
      .finally(() => lock.close());
    await entered.promise;
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.timer.unref();
  }

  /** Removes the files of processes that ended without doing so. */
  private async sweep(): Promise<void> {
    const directory = join(this.dataDir, 'locks');
    const names = existsSync(directory) ? readdirSync(directory) : [];
    for (const name of names) {
      const process = FILE.exec(name)?.[1];
      if (process !== undefined) await this.hasEnded(process);
    }
  }

  private async hasEnded(process: string): Promise<boolean> {
    const file = this.fileOf(process);
    if (!existsSync(file)) return true;
    const lock = new ProcessLock(file, 0);
    try {
      await lock.exclusively(() => rmSync(file, { force: true }));
      return true;
    } catch (error) {
      if (!isBusy(error)) throw error;
      return false;
    } finally {
      lock.close();
    }
  }

  private isSilent(process: string): boolean {
    const count = statSync(this.fileOf(process), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return this.beats.unchangedFor(process, count) > SILENT_MS;
  }

  private fileOf(process: string): string {
    return join(this.dataDir, 'locks', `worker-${process}.lock`);
  }
}
