import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** A number and its CRC-32; from before there were sums, a number. */
const MARK = /^ *(\d{1,15})(?: ([0-9a-f]{8}))?\n$/;

function sumOf(events: string): string {
  return crc32(events).toString(16).padStart(8, '0');
}

/**
 * How many events a month's file has held, noted beside the file whenever more are committed. It is not synced: it may be behind the file and never
 * ahead of what was committed, so that a file with fewer events than it says has lost some.
 */
export class StoredMark {
  private handle: number | undefined;

  constructor(private readonly path: string) {}

  /** Undefined where nothing was noted, or it is not readable. */
  read(): number | undefined {
    try {
      const [, events, sum] = MARK.exec(readFileSync(this.path, 'latin1')) ?? [];
      return events === undefined || (sum !== undefined && sum !== sumOf(events)) ? undefined : Number(events);
    } catch {
      return undefined;
    }
  }

  /** Notes a number. What cannot be noted is not: the events are stored all the same. */
  write(events: number): void {
    try {
      this.handle ??= openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
      writeSync(this.handle, `${String(events).padStart(15)} ${sumOf(String(events))}\n`, 0);
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.handle !== undefined) closeSync(this.handle);
    this.handle = undefined;
  }

  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }
}
