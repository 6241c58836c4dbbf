import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { platformMigrations } from '../platform-migrations.js';
import { StoreVersionError, type Migrations } from './migrations.js';
import { SqlitePlatformDatabase } from './sqlite-platform-database.js';
import { SqliteThread } from './sqlite-thread.js';

describe('versions of stores', () => {
  let directory: string;
  let thread: SqliteThread;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-versions-'));
    thread = new SqliteThread();
  });
  afterEach(async () => {
    await thread.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const openWith = async (migrations: Migrations): Promise<void> => {
    const database = new SqlitePlatformDatabase(thread, directory, migrations);
    try {
      await database.get();
    } finally {
      await database.close();
    }
  };
  const tables = (): string[] => {
    const db = new DatabaseSync(join(directory, 'platform.db'), { readOnly: true });
    const rows = db.prepare("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").all();
    db.close();
    return rows.map(({ sql }) => String(sql));
  };

  it('DUR-16 a store of each earlier version is opened by this one, and is then like a new one', async () => {
    const names = Object.keys(platformMigrations);
    await openWith(platformMigrations);
    const current = tables();
    for (let kept = 1; kept < names.length; kept += 1) {
      rmSync(join(directory, 'platform.db'));
      await openWith(Object.fromEntries(names.slice(0, kept).map((name) => [name, platformMigrations[name]])) as Migrations);
      await openWith(platformMigrations);
      expect(tables()).toEqual(current);
    }
  });

  it('DUR-16 a store of a later version is refused with what to do, and stays as it is', async () => {
    await openWith({ ...platformMigrations, 'zzz-0001-later': { up: () => Promise.resolve() } });
    const before = tables();
    const refused: unknown = await openWith(platformMigrations).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreVersionError);
    expect((refused as Error).message).toMatch(/later version of GATRA.*zzz-0001-later.*start that version, or restore a backup/);
    expect(tables()).toEqual(before);
  });
});
