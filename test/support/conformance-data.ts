import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const DIRECTORY = 'GATRA_CONFORMANCE_DATA';

/**
 * Describes what is held against data of others, which is not part of the project: `GATRA_CONFORMANCE_DATA` names the directory that holds it. Without
 * that the suite says so and is skipped; where a directory is named that lacks one of `paths`, it fails.
 */
export function describeWithData(title: string, paths: readonly string[], suite: (directory: string) => void): void {
  const named = process.env[DIRECTORY] ?? '';
  if (named === '') return describe.skip(`SKIPPED (${DIRECTORY} names no directory): ${title}`, () => suite(''));
  const directory = resolve(named);
  const missing = paths.filter((path) => !existsSync(join(directory, path)));
  if (missing.length === 0) return describe(title, () => suite(directory));
  const reason = `${DIRECTORY} names ${directory}, which lacks ${missing.join(', ')}`;
  return describe(title, () => it(`cannot run: ${reason}`, () => Promise.reject(new Error(reason))));
}

/** What each line of a gzipped file of JSON lines holds. */
export async function readNdjson<T>(...path: readonly string[]): Promise<T[]> {
  const text = gunzipSync(await readFile(join(...path))).toString('utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}
