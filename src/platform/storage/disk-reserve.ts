import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Problem } from '../problems/problem.js';
import { reserveStep } from './reserve-step.js';

const LOOK_EVERY_MS = 500;
const RETRY_AFTER_SECONDS = 5;

/**
 * Room on the disk that is kept for what must still fit when it is full: audit records, approvals, the queue, the end of the process. It is a
 * file that is removed when the disk runs full; from then on no events are taken, until there is room for it again.
 */
export class DiskReserve implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DiskReserve.name);
  private readonly file: string;
  private timer: NodeJS.Timeout | undefined;
  private full = false;

  /** @param bytes size of the reserve; 0 where none is kept. */
  constructor(
    private readonly dataDir: string,
    private readonly bytes: number,
  ) {
    this.file = join(dataDir, 'reserve');
  }

  /** Whether the reserve has been given up. */
  get isFull(): boolean {
    return this.full;
  }

  onApplicationBootstrap(): void {
    if (this.bytes === 0) return;
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** @throws Problem 503 where the disk is full. */
  refuseFull(): void {
    if (!this.full) return;
    throw new Problem('unavailable', 'There is no room on the disk. Nothing was read; send it again later.', {
      headers: { Connection: 'close', 'Retry-After': String(RETRY_AFTER_SECONDS) },
    });
  }

  /** Looks at the disk now: what could not be written may be the first to know. */
  look(): void {
    try {
      const isHeld = existsSync(this.file);
      const { bavail, bsize } = statfsSync(this.dataDir);
      const step = reserveStep({ free: bavail * bsize, reserve: this.bytes, isHeld });
      if (step === 'give_up') rmSync(this.file, { force: true });
      if (step === 'make') writeFileSync(this.file, Buffer.alloc(this.bytes), { mode: 0o600 });
      this.note(step === 'give_up' || (step === 'leave' && this.bytes > 0 && !isHeld));
    } catch (error) {
      rmSync(this.file, { force: true });
      this.note(true);
      this.logger.warn({ err: error, event: 'storage.unmeasured' }, 'the disk could not be looked at, or took no reserve');
    }
  }

  private note(full: boolean): void {
    if (full === this.full) return;
    this.full = full;
    if (full) this.logger.error({ event: 'storage.full' }, 'the disk is full: no events are taken until there is room');
    else this.logger.log({ event: 'storage.room' }, 'there is room on the disk again: events are taken');
  }
}
