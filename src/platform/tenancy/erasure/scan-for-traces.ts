import { type Dirent, existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TraceScan } from './tenant-erasure.js';

const BLOCK_BYTES = 1024 * 1024;

/**
 * Looks for what must be gone: the tenant's directory, and its keys and their hashes in every byte of every file outside the other tenants' directories
 * (which nobody but those tenants write to).
 * @param needles what must be found nowhere; short ones are searched across block ends too.
 */
export async function scanForTraces(dataDir: string, tenantDirectory: string, needles: readonly Buffer[]): Promise<TraceScan> {
  const scan = { files: 0, bytes: 0, looked_for: needles.length, traces: existsSync(tenantDirectory) ? 1 : 0 };
  const others = join(dataDir, 'tenants');
  for (const file of await filesIn(dataDir, others)) {
    scan.files += 1;
    const { bytes, found } = await search(file, needles);
    scan.bytes += bytes;
    scan.traces += found;
  }
  return scan;
}

async function filesIn(directory: string, except: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(directory, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && path !== except) found.push(...(await filesIn(path, except)));
  }
  return found;
}

/** How many of the needles a file holds. */
async function search(path: string, needles: readonly Buffer[]): Promise<{ bytes: number; found: number }> {
  const overlap = Math.max(0, ...needles.map(({ length }) => length - 1));
  const window = Buffer.alloc(overlap + BLOCK_BYTES);
  const found = new Set<Buffer>();
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  let bytes = 0;
  let kept = 0;
  if (!file) return { bytes, found: 0 };
  try {
    for (;;) {
      const { bytesRead } = await file.read(window, kept, BLOCK_BYTES, null);
      if (bytesRead === 0) return { bytes, found: found.size };
      bytes += bytesRead;
      const seen = window.subarray(0, kept + bytesRead);
      for (const needle of needles) if (seen.includes(needle)) found.add(needle);
      kept = Math.min(overlap, seen.length);
      seen.copyWithin(0, seen.length - kept);
    }
  } finally {
    await file.close();
  }
}
