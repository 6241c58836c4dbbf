import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { hashOfFile, syncFile } from '../backup/file-hash.js';
import { EXPORT_MANIFEST, ExportError, type ExportedFile, type ExportManifest } from './export-manifest.js';

const LEVEL = 6;
/** No line is longer: an event is at most as long as a request may be. */
const MOST_LINE_BYTES = 512 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Values of a file, one a line. */
export type ExportLines = Iterable<unknown> | AsyncIterable<unknown>;

/** Writes values as NDJSON, compressed, and makes the file durable. */
export async function writeExportFile(directory: string, path: string, values: ExportLines): Promise<ExportedFile> {
  const hash = createHash('sha256');
  let [bytes, plainBytes, lines] = [0, 0, 0];
  async function* texts(): AsyncGenerator<Buffer> {
    for await (const value of values) {
      const line = Buffer.from(`${JSON.stringify(value)}\n`);
      plainBytes += line.length;
      lines += 1;
      yield line;
    }
  }
  async function* measured(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  }
  const file = join(directory, path);
  await pipeline(Readable.from(texts()), createGzip({ level: LEVEL }), measured, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  syncFile(file);
  return { path, bytes, sha256: hash.digest('hex'), plain_bytes: plainBytes, lines };
}

/** The values of a file, one after another. @throws ExportError as soon as it is larger than its manifest says, or not what was written. */
export async function* readExportFile(directory: string, file: ExportedFile): AsyncGenerator {
  let lines = 0;
  for await (const line of plainLines(directory, file)) {
    lines += 1;
    if (lines > file.lines) throw new ExportError(`${file.path} has more lines than its manifest says`);
    yield parse(line, file.path);
  }
  if (lines !== file.lines) throw new ExportError(`${file.path} has fewer lines than its manifest says`);
}

/** Holds every file against the manifest: that it is there and nothing else is, its size, its hash, and how much is in it. @throws ExportError */
export async function checkExport(directory: string, { files }: ExportManifest): Promise<void> {
  const known = new Set([...files.map(({ path }) => path), EXPORT_MANIFEST]);
  const unknown = readdirSync(directory).find((name) => !known.has(name));
  if (unknown !== undefined) throw new ExportError(`${unknown} is in the export, and its manifest does not name it`);
  for (const file of files) {
    const path = join(directory, file.path);
    if (!existsSync(path)) throw new ExportError(`${file.path} is missing`);
    if (statSync(path).size !== file.bytes || hashOfFile(path) !== file.sha256)
      throw new ExportError(`${file.path} is not what was exported`);
  }
  for (const file of files) for await (const _ of readExportFile(directory, file));
}

async function* plainLines(directory: string, file: ExportedFile): AsyncGenerator<Buffer> {
  const source = createReadStream(join(directory, file.path));
  const plain = createGunzip();
  source.once('error', (error) => plain.destroy(error));
  let [seen, open, kept] = [0, 0, [] as Buffer[]];
  try {
    for await (const piece of source.pipe(plain) as AsyncIterable<Buffer>) {
      seen += piece.length;
      if (seen > file.plain_bytes) throw new ExportError(`${file.path} holds more than its manifest says`);
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
        yield Buffer.concat([...kept, piece.subarray(start, end)]);
        [start, open, kept] = [end + 1, 0, []];
      }
      kept.push(piece.subarray(start));
      open += piece.length - start;
      if (open > MOST_LINE_BYTES) throw new ExportError(`${file.path} has a line that is too long`);
    }
  } catch (error) {
    if (error instanceof ExportError) throw error;
    throw new ExportError(`${file.path} cannot be decompressed`, { cause: error });
  } finally {
    source.destroy();
    plain.destroy();
  }
  if (open > 0) throw new ExportError(`${file.path} ends within a line`);
  if (seen !== file.plain_bytes) throw new ExportError(`${file.path} holds less than its manifest says`);
}

function parse(line: Buffer, path: string): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw new ExportError(`${path} has a line that is not JSON`, { cause: error });
  }
}
