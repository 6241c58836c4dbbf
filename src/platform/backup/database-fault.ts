import { DatabaseSync } from 'node:sqlite';

/** What SQLite finds wrong with a file that nobody writes to; `undefined` where it is sound. */
export function databaseFault(file: string): string | undefined {
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      const rows = db.prepare('PRAGMA integrity_check(5)').all();
      const said = rows.map((row) => String(row['integrity_check'])).join('; ');
      return said === 'ok' ? undefined : said;
    } finally {
      db.close();
    }
  } catch (error) {
    return (error as Error).message;
  }
}
