import { readdirSync } from 'node:fs';

const OF_A_MONTH = /^events-(\d{4}-\d{2})\.(?:db|mark|repairing-\d+\.db)$/;

/** A month of a tenant's events on the disk. */
export interface MonthToCopy {
  readonly month: string;
  /** Name of the damaged file whose repair was not finished, where there is one. */
  readonly repairing: string | undefined;
}

/** The months in a tenant's directory, also those of whose file only the mark is left, the oldest first. */
export function eventMonthsToCopy(directory: string): readonly MonthToCopy[] {
  const names = readdirSync(directory);
  const months = [...new Set(names.flatMap((name) => OF_A_MONTH.exec(name)?.[1] ?? []))].sort();
  return months.map((month) => ({
    month,
    repairing: names.find((name) => name.startsWith(`events-${month}.repairing-`) && name.endsWith('.db')),
  }));
}
