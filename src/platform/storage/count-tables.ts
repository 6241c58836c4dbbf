import type { SqliteThread } from './sqlite-thread.js';

const OWN_NAME = /^(?!kysely_|sqlite_)[a-z_]+$/;

/** Counts the rows of every table of a file, by table. */
export async function countTables(thread: SqliteThread, file: string): Promise<Readonly<Record<string, number>>> {
  const handle = await thread.open(file);
  try {
    const counts: Record<string, number> = {};
    const tables = await thread.query(handle, "SELECT name FROM sqlite_master WHERE type = 'table'", []);
    for (const { name } of tables.rows as { name: string }[]) {
      if (!OWN_NAME.test(name)) continue;
      const { rows } = await thread.query(handle, `SELECT count(*) AS count FROM "${name}"`, []);
      counts[name] = (rows[0] as { count: number }).count;
    }
    return counts;
  } finally {
    await thread.close(handle);
  }
}
