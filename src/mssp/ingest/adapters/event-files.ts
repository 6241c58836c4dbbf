import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantCipher } from '../../../platform/encryption/tenant-cipher.js';
import { EventFile } from './event-file.js';
import { FileSeal } from './file-seal.js';

const FILE = /^events-(\d{4}-\d{2})\.db$/;
const MOST_OPEN = 6;

/** A tenant's event files, one a month of arrival. The files used last stay open; retention unlinks whole files. */
export class EventFiles {
  private readonly open = new Map<string, EventFile>();

  constructor(
    private readonly directory: string,
    /** What the files' contents are bound to where they are encrypted. */
    private readonly tenant = '',
    private readonly cipher?: TenantCipher,
  ) {}

  /** Months that have a file, newest first. */
  months(): readonly string[] {
    return monthsIn(this.directory);
  }

  /** The file of a month that is known to have one. */
  of(month: string): EventFile {
    const known = this.open.get(month);
    if (known) {
      this.open.delete(month);
      this.open.set(month, known);
      return known;
    }
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const file = new EventFile(join(this.directory, `events-${month}.db`), month, new FileSeal(this.cipher, `${this.tenant}\n${month}`));
    this.open.set(month, file);
    this.closeOldest();
    return file;
  }

  /** The file of a month where there is one. */
  find(month: string): EventFile | undefined {
    return this.open.has(month) || this.months().includes(month) ? this.of(month) : undefined;
  }

  close(): void {
    for (const file of this.open.values()) file.close();
    this.open.clear();
  }

  private closeOldest(): void {
    const [oldest] = this.open;
    if (this.open.size <= MOST_OPEN || !oldest) return;
    this.open.delete(oldest[0]);
    oldest[1].close();
  }
}

/** Months that have an event file in a directory, newest first; none where there is no directory. */
export function monthsIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const months = readdirSync(directory).flatMap((name) => FILE.exec(name)?.[1] ?? []);
  return months.sort().reverse();
}

/** Month of a time (milliseconds since the epoch), UTC. */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}
