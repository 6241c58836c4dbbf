import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file to be scanned. */
export interface LogFile {
  /** As it is shown: the argument, or the argument joined with the path inside it. */
  readonly path: string;
  readonly bytes: number;
}

const LOG_FILE = /\.(?:ndjson|jsonl|json|log)(?:\.gz)?$/i;
const MAX_DEPTH = 32;

/**
 * The files that an argument stands for: itself, or all log files inside it in order of path. Symbolic links inside a directory are not
 * followed.
 * @throws Error when it, or something inside it, cannot be read.
 */
export async function findLogFiles(argument: string): Promise<LogFile[]> {
  const found = await stat(argument);
  return found.isDirectory() ? await walk(argument, 0) : [{ path: argument, bytes: found.size }];
}

async function walk(directory: string, depth: number): Promise<LogFile[]> {
  if (depth > MAX_DEPTH) throw new Error(`${directory}: directories are nested deeper than ${MAX_DEPTH} levels`);
  const files: LogFile[] = [];
  const entries = await readdir(directory, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) files.push(...(await walk(path, depth + 1)));
    else if (entry.isFile() && LOG_FILE.test(entry.name)) files.push({ path, bytes: (await stat(path)).size });
  }
  return files;
}
