import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const LINES = /\.(?:json|ndjson|jsonl|log)(?:\.gz)?$/;

/** Events to send, a line each: those of a directory, or of its files whose names end in `named`, or a generated day. */
export async function loadLines(directory: string | undefined, most: number, named = ''): Promise<string[]> {
  return directory === undefined ? generated(most) : fromFiles(directory, most, named);
}

function fromFiles(directory: string, most: number, named: string): string[] {
  const lines: string[] = [];
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && LINES.test(entry.name) && entry.name.endsWith(named))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const bytes = readFileSync(file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    for (const line of text.split('\n')) {
      if (line.trim() !== '') lines.push(line);
      if (lines.length >= most) return lines;
    }
  }
  if (lines.length === 0) throw new Error(`no events in ${directory}`);
  return lines;
}

async function generated(most: number): Promise<string[]> {
  const path = new URL('../dist/cli/demo/generator/generate-day.js', import.meta.url).href;
  const { generateDay } = (await import(path)) as typeof import('../src/cli/demo/generator/generate-day.js');
  const lines: string[] = [];
  for (const { event } of generateDay({ seed: 7, day: new Date('2026-03-04T00:00:00Z'), backgroundEvents: most })) {
    lines.push(JSON.stringify(event));
    if (lines.length >= most) break;
  }
  return lines;
}
