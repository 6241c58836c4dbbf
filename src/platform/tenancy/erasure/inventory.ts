import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqliteThread } from '../../storage/sqlite-thread.js';
import type { RemovedData } from './tenant-erasure.js';

const EVENTS = /^events-\d{4}-\d{2}\.db$/;

/** Counts what a tenant's directory holds, and the rows of its events; nobody else has its files open. */
export async function takeInventory(thread: SqliteThread, directory: string): Promise<Pick<RemovedData, 'files' | 'bytes' | 'rows'>> {
  const rows: Record<string, number> = {};
  const add = (kind: string, count: number): void => {
    rows[kind] = (rows[kind] ?? 0) + count;
  };
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(directory, name))).size;
  for (const name of names.filter((candidate) => EVENTS.test(candidate))) {
    const handle = await thread.open(join(directory, name));
    try {
      await countEvents(thread, handle, add);
    } finally {
      await thread.close(handle);
    }
  }
  return { files: names.length, bytes, rows };
}

type Add = (kind: string, count: number) => void;

async function countEvents(thread: SqliteThread, handle: number, add: Add): Promise<void> {
  const { rows } = await thread.query(
    handle,
    'SELECT coalesce(sum(records), 0) AS events, count(*) AS chunks, (SELECT count(*) FROM batch) AS batches FROM chunk',
    [],
  );
  for (const [kind, count] of Object.entries((rows[0] ?? {}) as Record<string, number>)) add(kind, count);
}
