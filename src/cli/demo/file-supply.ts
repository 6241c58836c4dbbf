import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { BATCH_SIZE, type EventLines, type EventSupply } from './event-batch.js';

const EVENT_FILE = /\.(ndjson|jsonl|json|log)(\.gz)?$/;
const BESIDE_EVENTS = /(^|\/)(manifest|labels)\.jsonl$/;
const BATCH_BYTES = 8 * 1024 * 1024;

/** Events from files and directories of NDJSON, plain or gzip, line by line as they are. @throws where a path cannot be read. */
export function fileSupply(paths: readonly string[], size = BATCH_SIZE): EventSupply {
  const files = paths.flatMap(filesAt);
  if (files.length === 0) throw new Error(`no event files (*.ndjson, *.jsonl, *.json, *.log, each also .gz) at ${paths.join(', ')}`);
  return { inFlight: 4, batches: () => batches(files, size) };
}

function filesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && EVENT_FILE.test(entry.name) && !BESIDE_EVENTS.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function* batches(files: readonly string[], size: number): AsyncGenerator<EventLines> {
  for (const file of files) {
    const raw = createReadStream(file);
    const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
    let lines: Buffer[] = [];
    let bytes = 0;
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const event = Buffer.from(line);
      if (lines.length === size || bytes + event.length > BATCH_BYTES) {
        yield { source: 'auto', lines };
        lines = [];
        bytes = 0;
      }
      lines.push(event);
      bytes += event.length;
    }
    if (lines.length > 0) yield { source: 'auto', lines };
  }
}
