import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The lines of a file of an export. */
export function exportLines<Line = Record<string, unknown>>(directory: string, name: string): Line[] {
  const text = gunzipSync(readFileSync(join(directory, `${name}.ndjson.gz`))).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** All that an export holds, as one text. */
export function exportText(directory: string): string {
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name)))
    .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString())
    .join('\n');
}
