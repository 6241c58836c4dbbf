import { type Dirent, createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { type LoadedRules, RuleSource } from '../domain/rule-source.js';
import type { ReadingContext } from '../domain/sigma/detection-item.js';
import type { LogsourceTaxonomy } from '../domain/sigma/logsource-taxonomy.js';
import { PlaceholderLists } from '../domain/sigma/placeholder-lists.js';
import { ExpansionBudget } from '../domain/sigma/placeholders.js';
import { compileOperatorPattern } from './linear-pattern.js';
import { readLogsources } from './logsource-files.js';
import type { RuleFileTaker } from './rule-file-bounds.js';
import { type ReadRule, RuleReader } from './rule-reader.js';

export interface RuleFilesOptions {
  /** Values of `|expand` placeholders; a rule with one that has none for anybody is unsupported. */
  readonly placeholders?: PlaceholderLists;
  /** What the names of log sources mean; that of the project where it is left out. */
  readonly logsources?: LogsourceTaxonomy;
  /** Is given every rule that was read, as it was written. */
  readonly onRead?: (rule: ReadRule) => void;
}

const RULE_FILE = /\.ya?ml$/i;
const ARCHIVE = /\.(?:tar\.gz|tgz)$/i;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_DIRECTORY_DEPTH = 16;
const MAX_EXPANSIONS = 500_000;

/**
 * Sigma rules in YAML files, directories of them (searched to the bottom) and `.tar.gz` archives. A file may hold several documents:
 * detection, correlation and filter rules, which may refer to one another across files.
 * Placeholders give 500,000 values at most, over all rules and tenants. Files beyond 1 MiB, and what YAML nests or repeats too much in, are reported; beyond 50,000 files or 256 MiB in all loading fails.
 */
export class RuleFiles extends RuleSource {
  constructor(
    private readonly paths: readonly string[],
    private readonly options: RuleFilesOptions = {},
  ) {
    super();
  }

  async load(): Promise<LoadedRules> {
    const { placeholders: lists = new PlaceholderLists(), logsources = readLogsources(), onRead } = this.options;
    const reader = new RuleReader(operatorContext(logsources, lists), onRead);
    for (const path of this.paths) await readPath(path, reader);
    return reader.link();
  }
}

/** How the operator's rules are read: with what placeholders stand for, 500,000 values of them in all. */
export function operatorContext(logsources: LogsourceTaxonomy, lists: PlaceholderLists): ReadingContext {
  const expansions = new ExpansionBudget(MAX_EXPANSIONS);
  return { compilePattern: compileOperatorPattern, placeholders: lists.common, lists, expansions, logsources };
}

/** Gives a file, or those of an archive or a directory, to a reader. @throws Error when it cannot be read */
export async function readPath(path: string, reader: RuleFileTaker, depth = 0): Promise<void> {
  const found = await stat(path);
  if (found.isDirectory()) {
    await readDirectory(path, reader, depth);
  } else if (ARCHIVE.test(path)) {
    await readArchive(path, reader);
  } else if (found.size > MAX_FILE_BYTES) {
    reader.refuse(path, `file is larger than ${MAX_FILE_BYTES} bytes`);
  } else {
    reader.read(path, await readFile(path));
  }
}

async function readDirectory(path: string, reader: RuleFileTaker, depth: number): Promise<void> {
  if (depth > MAX_DIRECTORY_DEPTH) {
    reader.refuse(path, `directory is deeper than ${MAX_DIRECTORY_DEPTH} levels`);
    return;
  }
  const entries = await readdir(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (isWanted(entry)) await readPath(join(path, entry.name), reader, depth + 1);
  }
}

/** Symbolic links inside a directory are left alone, so that a loop or a link out of it is not followed. */
function isWanted(entry: Dirent): boolean {
  return entry.isDirectory() || (entry.isFile() && (RULE_FILE.test(entry.name) || ARCHIVE.test(entry.name)));
}

async function readArchive(path: string, reader: RuleFileTaker): Promise<void> {
  const entries = extract();
  const unpacked = pipeline(createReadStream(path), createGunzip(), entries);
  const read = async (): Promise<void> => {
    for await (const entry of entries) {
      const { name, type, size } = entry.header;
      const inside = `${path}/${name}`;
      const wanted = type === 'file' && RULE_FILE.test(name);
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        reader.count(chunk.length);
        if (wanted && size <= MAX_FILE_BYTES) chunks.push(chunk);
      }
      if (wanted && size > MAX_FILE_BYTES) reader.refuse(inside, `file is larger than ${MAX_FILE_BYTES} bytes`);
      else if (wanted) reader.read(inside, Buffer.concat(chunks), true);
    }
  };
  await Promise.all([unpacked, read()]);
}
