import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';

const QUIET_MS = 1_500;
const PATIENCE_MS = 30_000;

/** All that is stored of a tenant, table by table, as `file table` → digest of its rows; and its rows of the platform's tables. */
export function dumpTenant(dataDir: string, tenant: string): Readonly<Record<string, string>> {
  const directory = tenantDirectoryPath(dataDir, toTenantId(tenant));
  const dump: Record<string, string> = {};
  const files = existsSync(directory) ? readdirSync(directory).filter((file) => file.endsWith('.db')) : [];
  for (const file of files) Object.assign(dump, dumpFile(join(directory, file), file));
  Object.assign(dump, dumpFile(join(dataDir, 'platform.db'), 'platform.db', tenant));
  return dump;
}

/** The same once nothing has changed for a while. @throws after half a minute */
export async function settledDump(dataDir: string, tenant: string): Promise<Readonly<Record<string, string>>> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (let before = JSON.stringify(dumpTenant(dataDir, tenant)); ;) {
    await sleep(QUIET_MS);
    const dump = dumpTenant(dataDir, tenant);
    if (JSON.stringify(dump) === before) return dump;
    if (Date.now() > giveUp) throw new Error(`the data of ${tenant} does not settle`);
    before = JSON.stringify(dump);
  }
}

function dumpFile(path: string, name: string, tenant?: string): Record<string, string> {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").all();
    const dump: Record<string, string> = {};
    for (const { name: table } of tables as { name: string }[]) {
      const columns = db.prepare(`PRAGMA table_info("${table}")`).all() as { name: string }[];
      const isShared = tenant !== undefined && !columns.some((column) => column.name === 'tenant_id');
      if (isShared) continue;
      const where = tenant === undefined ? '' : 'WHERE tenant_id = ?';
      const statement = db.prepare(`SELECT * FROM "${table}" ${where}`);
      statement.setReadBigInts(true);
      const rows = statement.all(...(tenant === undefined ? [] : [tenant])).map(rowText);
      dump[`${name} ${table}`] = `${rows.length} ${createHash('sha256').update(rows.sort().join('\n')).digest('hex')}`;
    }
    return dump;
  } finally {
    db.close();
  }
}

function rowText(row: Record<string, unknown>): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  });
}
