import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteError, SqliteThread } from './sqlite-thread.js';

describe('SqliteThread', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-thread-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('answers rows, counts and SQLite’s own errors', async () => {
    const thread = new SqliteThread();
    const handle = await thread.open(join(directory, 'a.db'));
    await thread.query(handle, 'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT', []);
    expect(await thread.query(handle, 'INSERT INTO t VALUES (?, ?)', [7, 'x'])).toMatchObject({ changes: 1n, insertId: 7n });
    expect((await thread.query(handle, 'SELECT * FROM t', [])).rows).toEqual([{ a: 7, b: 'x' }]);
    const error: unknown = await thread.query(handle, 'INSERT INTO t VALUES (?, ?)', [7, 'y']).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SqliteError);
    expect((error as SqliteError).isUniqueViolation).toBe(true);
    await thread.end();
  });

  it('refuses what is asked after it has ended', async () => {
    const thread = new SqliteThread();
    const handle = await thread.open(join(directory, 'b.db'));
    await thread.end();
    await expect(thread.query(handle, 'SELECT 1', [])).rejects.toThrow('has ended');
  });
});
