import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DEFAULT_MIGRATION_TABLE } from 'kysely/migration';
import { refuseUnknownSteps, type Migrations } from './migrations.js';
import { storageFaultOf } from './storage-fault.js';

const BUSY_MS = 5_000;

/**
 * Looks at the case database of every tenant before any of them is opened, so that a start is refused, and not one tenant after it. Nothing is written.
 * @throws StoreVersionError
 */
export function refuseLaterCases(dataDir: string, migrations: Migrations): void {
  const tenants = join(dataDir, 'tenants');
  for (const directory of existsSync(tenants) ? readdirSync(tenants) : []) {
    const file = join(tenants, directory, 'cases.db');
    if (existsSync(file)) refuseUnknownSteps(stepsOf(file), migrations);
  }
}

/** Steps that were done in a database. One that cannot be read has none: what is to become of it is found when it is opened. */
function stepsOf(file: string): readonly string[] {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    const isThere = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(DEFAULT_MIGRATION_TABLE);
    return isThere
      ? db
          .prepare(`SELECT name FROM ${DEFAULT_MIGRATION_TABLE} ORDER BY name`)
          .all()
          .map(({ name }) => String(name))
      : [];
  } catch (error) {
    if (storageFaultOf(error) !== 'damaged') throw error;
    return [];
  } finally {
    db?.close();
  }
}
