import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '../../../platform/storage/write-durably.js';

const UNDER_REPAIR = /^(events-(\d{4}-\d{2})\.repairing-\d+\.db)(?:-wal)?$/;

/** Name of a month's damaged file whose repair has begun and was not finished; `undefined` where there is none. */
export function underRepair(directory: string, month: string): string | undefined {
  if (!existsSync(directory)) return undefined;
  for (const name of readdirSync(directory)) {
    const match = UNDER_REPAIR.exec(name);
    if (match?.[2] === month) return match[1];
  }
  return undefined;
}

/**
 * Takes a month's damaged file out of its place; answers its name, null where there is no file. The name says that a repair is under way until
 * `keep` gives it the last one: a repair that was cut off anywhere is found by it, and done again.
 */
export function setAside(directory: string, month: string, at: number): string | null {
  const name = `events-${month}.db`;
  const aside = underRepair(directory, month) ?? `events-${month}.repairing-${at}.db`;
  if (existsSync(join(directory, aside))) return aside;
  if (!existsSync(join(directory, name))) return null;
  move(directory, name, aside);
  rmSync(join(directory, `${name}-shm`), { force: true });
  return aside;
}

/** Gives a file that was set aside, and repaired, the name that it keeps. */
export function keep(directory: string, aside: string): string {
  const kept = aside.replace('.repairing-', '.damaged-');
  move(directory, aside, kept);
  return kept;
}

/** The log goes first: a file without its log is an older one, and a log without its file is a sign that there is more to be done. */
function move(directory: string, from: string, to: string): void {
  for (const suffix of ['-wal', '']) {
    if (existsSync(join(directory, from + suffix))) renameSync(join(directory, from + suffix), join(directory, to + suffix));
  }
  syncDirectory(directory);
}
