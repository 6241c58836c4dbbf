import { type Dirent, createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { YAMLException, constructFromEvents, parseEvents } from 'js-yaml';
import { extract } from 'tar-stream';
import { type LoadedRules, RuleSource, type UnsupportedRule } from '../domain/rule-source.js';
import type { ReadingContext } from '../domain/sigma/detection-item.js';
import { parseRule } from '../domain/sigma/parse-rule.js';
import type { PlaceholderValues } from '../domain/sigma/placeholders.js';
import { type DocumentPath, SigmaError } from '../domain/sigma/sigma-error.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import { compileOperatorPattern } from './linear-pattern.js';
import { readLogsources } from './logsource-files.js';
import { type YamlEvents, lineOf } from './yaml-lines.js';

export interface RuleFilesOptions {
  /** Values of `|expand` placeholders, by name; a rule with a placeholder that has none is unsupported. */
  readonly placeholders?: PlaceholderValues;
}

const RULE_FILE = /\.ya?ml$/i;
const ARCHIVE = /\.(?:tar\.gz|tgz)$/i;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 50_000;
const MAX_DIRECTORY_DEPTH = 16;
const MAX_DOCUMENTS = 1_000;
const MAX_YAML_DEPTH = 32;
const MAX_YAML_ALIASES = 50;

/**
 * Sigma rules in YAML files, directories of them (searched to the bottom) and `.tar.gz` archives. A file may hold several documents.
 * Files beyond 1 MiB, and what YAML nests or repeats too much in, are reported; beyond 50,000 files or 256 MiB in all loading fails.
 */
export class RuleFiles extends RuleSource {
  constructor(
    private readonly paths: readonly string[],
    private readonly options: RuleFilesOptions = {},
  ) {
    super();
  }

  async load(): Promise<LoadedRules> {
    const reader = new RuleReader({
      compilePattern: compileOperatorPattern,
      placeholders: this.options.placeholders ?? new Map(),
      logsources: readLogsources(),
    });
    for (const path of this.paths) await readPath(path, reader, 0);
    return { rules: reader.rules, unsupported: reader.unsupported };
  }
}

async function readPath(path: string, reader: RuleReader, depth: number): Promise<void> {
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

async function readDirectory(path: string, reader: RuleReader, depth: number): Promise<void> {
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

async function readArchive(path: string, reader: RuleReader): Promise<void> {
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

/** Turns documents into rules and keeps count of what was read. */
class RuleReader {
  readonly rules: SigmaRule[] = [];
  readonly unsupported: UnsupportedRule[] = [];
  private readonly paths = new Map<string, string>();
  private files = 0;
  private bytes = 0;

  constructor(private readonly context: ReadingContext) {}

  /** @throws Error beyond the bound of all files together. */
  count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_TOTAL_BYTES) throw new Error(`rules are larger than ${MAX_TOTAL_BYTES} bytes in all`);
  }

  refuse(path: string, reason: string): void {
    this.unsupported.push({ path, reason });
  }

  /** @throws Error beyond the bound of the number of files. */
  read(path: string, content: Buffer, counted = false): void {
    if (++this.files > MAX_FILES) throw new Error(`more than ${MAX_FILES} rule files`);
    if (!counted) this.count(content.length);
    const yaml = this.parse(path, content.toString('utf8'));
    for (const [number, document] of yaml.documents.entries())
      if (document !== null && document !== undefined) this.add(path, document, (part) => lineOf(yaml, number, part));
  }

  private parse(path: string, source: string): YamlEvents & { readonly documents: readonly unknown[] } {
    try {
      const events = parseEvents(source, { maxDepth: MAX_YAML_DEPTH });
      const documents = constructFromEvents(events, { source, maxAliases: MAX_YAML_ALIASES });
      if (documents.length <= MAX_DOCUMENTS) return { source, events, documents };
      this.refuse(path, `more than ${MAX_DOCUMENTS} documents in a file`);
    } catch (error) {
      const [reason = 'cannot be read'] = (error instanceof Error ? error.message : '').split('\n');
      const line = error instanceof YAMLException && error.mark !== undefined ? { line: error.mark.line + 1 } : {};
      this.unsupported.push({ path, ...line, reason: `not YAML: ${reason}` });
    }
    return { source, events: [], documents: [] };
  }

  private add(path: string, document: unknown, lineAt: (part: DocumentPath) => number): void {
    try {
      const rule = parseRule(document, this.context);
      const first = this.paths.get(rule.id);
      if (first !== undefined) throw new SigmaError(`a rule with this id was read before, from ${first}`, ['id']);
      this.paths.set(rule.id, path);
      this.rules.push(rule);
    } catch (error) {
      if (!(error instanceof SigmaError)) throw error;
      const about = { ...textField(document, 'id'), ...textField(document, 'title') };
      this.unsupported.push({ path, line: lineAt(error.path), ...about, reason: error.message });
    }
  }
}

function textField<N extends 'id' | 'title'>(document: unknown, name: N): { readonly [K in N]?: string } {
  const value: unknown = typeof document === 'object' && document !== null ? (document as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? ({ [name]: value.slice(0, 200) } as { readonly [K in N]?: string }) : {};
}
