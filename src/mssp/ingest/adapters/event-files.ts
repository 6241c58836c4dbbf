import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantCipher } from '../../../platform/encryption/tenant-cipher.js';
import { storageFaultOf } from '../../../platform/storage/storage-fault.js';
import { makeDirectoryDurably } from '../../../platform/storage/write-durably.js';
import type { EventDamage } from '../domain/event-damage.js';
import { EventFile } from './event-file.js';
import { MonthSeal } from './month-seal.js';
import { salvage } from './salvage.js';
import { keep, setAside, underRepair } from './set-aside.js';
import { isSound } from './sound-file.js';
import { StoredMark } from './stored-mark.js';

const FILE = /^events-(\d{4}-\d{2})\.(?:db|mark|repairing-\d+\.db)$/;
const MOST_OPEN = 6;
/** Largest file that is read through when it is opened, after its last user has closed it and where it was left open. Larger ones are believed until something in them cannot be read. */
const MOST_CHECKED = { closed: 1024 * 1024, left: 16 * 1024 * 1024 };

interface Open {
  readonly file: EventFile;
  readonly mark: StoredMark;
  /** Events in the chunks up to one. */
  readonly counted: { events: number; upTo: number };
}

/**
 * A tenant's event files, one a month of arrival. The files used last stay open; retention unlinks whole files. One that is not what was written is set
 * aside, what is readable of it goes into a new one, and `onDamage` is told what was lost.
 */
export class EventFiles {
  private readonly open = new Map<string, Open>();

  constructor(
    private readonly directory: string,
    /** What the files' contents are bound to where they are encrypted. */
    private readonly tenant = '',
    private readonly cipher?: TenantCipher,
    private readonly onDamage: (damage: EventDamage) => void = () => undefined,
  ) {}

  /** Months that have a file, newest first. */
  months(): readonly string[] {
    return monthsIn(this.directory);
  }

  /** The file of a month that is known to have one. */
  of(month: string): EventFile {
    const known = this.open.get(month);
    if (known?.file.isInPlace) {
      this.open.delete(month);
      this.open.set(month, known);
      return known.file;
    }
    this.close(month);
    makeDirectoryDurably(this.directory);
    const opened = this.openSound(month);
    this.open.set(month, opened);
    this.closeOldest();
    return opened.file;
  }

  /** The file of a month where there is one; one that was removed meanwhile is let go of, and not made anew. */
  find(month: string): EventFile | undefined {
    if (this.open.get(month)?.file.isInPlace || this.months().includes(month)) return this.of(month);
    this.close(month);
    return undefined;
  }

  /** Notes how many events a month's file holds, once more are committed. */
  noteStored(month: string): void {
    const known = this.open.get(month);
    known?.mark.write(eventsIn(known));
  }

  /** Reads all open files through and replaces those that are not what was written; whether there were any. */
  repair(): boolean {
    const damaged = [...this.open].filter(([, { file }]) => !isSound(file)).map(([month]) => month);
    for (const month of damaged) this.open.set(month, this.replace(month));
    return damaged.length > 0;
  }

  /** Closes one month's file, or all. */
  close(only?: string): void {
    for (const [month, { file, mark }] of this.open) {
      if (only !== undefined && month !== only) continue;
      file.close();
      mark.close();
      this.open.delete(month);
    }
  }

  private pathOf(month: string, ending: 'db' | 'mark'): string {
    return join(this.directory, `events-${month}.${ending}`);
  }

  private make(month: string): Open {
    const seal = new MonthSeal(this.cipher, `${this.tenant}\n${month}`);
    const file = new EventFile(this.pathOf(month, 'db'), month, seal);
    return { file, mark: new StoredMark(this.pathOf(month, 'mark')), counted: { events: 0, upTo: 0 } };
  }

  private openSound(month: string): Open {
    if (underRepair(this.directory, month) !== undefined) return this.replace(month);
    const path = this.pathOf(month, 'db');
    const most = existsSync(`${path}-wal`) ? MOST_CHECKED.left : MOST_CHECKED.closed;
    try {
      const opened = this.make(month);
      if (statSync(path).size <= most && !isSound(opened.file)) {
        opened.file.close();
        return this.replace(month);
      }
      const noted = opened.mark.read() ?? 0;
      const events = eventsIn(opened);
      if (events >= noted) return opened;
      this.onDamage({ month, kept: null, recovered: events, lost: noted - events, between: null });
      opened.mark.write(events);
      return opened;
    } catch (error) {
      if (storageFaultOf(error) !== 'damaged') throw error;
      return this.replace(month);
    }
  }

  /** A new file in place of a damaged one, with what is readable of it. */
  private replace(month: string): Open {
    const noted = new StoredMark(this.pathOf(month, 'mark')).read();
    this.close(month);
    const aside = setAside(this.directory, month, Date.now());
    const made = this.make(month);
    const { recovered, missed, between } = salvage(join(this.directory, aside ?? ''), made.file);
    const kept = aside && keep(this.directory, aside);
    made.mark.write(eventsIn(made));
    const lost = noted === undefined ? missed || null : Math.max(0, noted - recovered);
    this.onDamage({ month, kept, recovered, lost, between });
    return made;
  }

  private closeOldest(): void {
    const [oldest] = this.open;
    if (this.open.size > MOST_OPEN && oldest) this.close(oldest[0]);
  }
}

/** Months that have an event file in a directory, or had one, newest first; none where there is no directory. */
export function monthsIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const months = readdirSync(directory).flatMap((name) => FILE.exec(name)?.[1] ?? []);
  return [...new Set(months)].sort().reverse();
}

/** Events of an open file, of which only chunks that were not counted before are looked at. */
function eventsIn({ file, counted }: Open): number {
  const row = file.one('SELECT sum(records) AS events, max(sequence) AS last FROM chunk WHERE sequence > ?', counted.upTo);
  counted.events += Number(row?.['events'] ?? 0);
  counted.upTo = Number(row?.['last'] ?? counted.upTo);
  return counted.events;
}
