import { Logger } from '@nestjs/common';

/** How the process ends after a sync has failed (EX_IOERR of sysexits.h). */
export const SYNC_FAILED_EXIT = 74;

/** How long the end is put off, so that probes see it coming and the log is written. */
const NOTICE_MS = 1_000;

/**
 * A sync of a store's file has failed. From then on nothing is acknowledged, readiness is false, and the process ends: a sync is never tried
 * again, as it may succeed without the data that the first one lost. Whoever starts the process again finds what is really on disk.
 */
export class StorageFailure {
  private readonly logger = new Logger(StorageFailure.name);
  private failed = false;

  constructor(private readonly exit: (code: number) => void = (code) => process.exit(code)) {}

  get hasFailed(): boolean {
    return this.failed;
  }

  /** The first one ends the process; later ones are part of it. @param reason is logged. */
  fail(reason: string): void {
    if (this.failed) return;
    this.failed = true;
    this.logger.fatal(
      { event: 'storage.sync_failed', reason, exit_code: SYNC_FAILED_EXIT },
      'a sync has failed: nothing is acknowledged any more',
    );
    setTimeout(() => this.exit(SYNC_FAILED_EXIT), NOTICE_MS);
  }
}
