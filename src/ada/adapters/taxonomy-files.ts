import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compiledSchema } from '../../platform/config/compiled-schema.js';

const MAX_FILES = 100;
const MAX_FILE_BYTES = 1024 * 1024;

/** What is wrong with what is known of log sources: every fault at once, by file and JSON Pointer. */
export class LogsourcesError extends Error {
  override readonly name = 'LogsourcesError';
  constructor(readonly faults: readonly string[]) {
    super(`The log sources are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads a directory that has a file (`*.json`) for each product and for what any product may have, at most 100 of at most 1 MiB, and checks it against
 * its JSON Schema.
 * @param unusable what is wrong, besides, with a file that names no product
 * @throws LogsourcesError
 */
export function readTaxonomyFiles<Content extends { readonly product?: string }>(
  directory: string,
  schema: URL,
  unusable: (content: Content) => readonly string[] = () => [],
): readonly Content[] {
  const validate = compiledSchema<Content>(schema);
  const faults: string[] = [];
  const taxonomies: Content[] = [];
  for (const file of listFiles(directory)) {
    const content = parse(join(directory, file));
    if (!validate(content)) {
      faults.push(...(validate.errors ?? []).map((error) => `${file} ${error.instancePath || '/'} ${error.message ?? ''}`));
      continue;
    }
    const { product } = content;
    if (product === undefined) faults.push(...unusable(content).map((fault) => `${file} ${fault}`));
    else if (taxonomies.some((one) => one.product === product)) faults.push(`${file} /product ${product} has another file`);
    taxonomies.push(content);
  }
  if (faults.length > 0) throw new LogsourcesError(faults);
  return taxonomies;
}

function listFiles(directory: string): readonly string[] {
  try {
    const files = readdirSync(directory)
      .filter((file) => file.endsWith('.json'))
      .sort();
    if (files.length <= MAX_FILES) return files;
  } catch (error) {
    throw new LogsourcesError([`${directory} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`]);
  }
  throw new LogsourcesError([`${directory} holds more than ${MAX_FILES} files`]);
}

function parse(file: string): unknown {
  if (statSync(file).size > MAX_FILE_BYTES) throw new LogsourcesError([`${file} is larger than ${MAX_FILE_BYTES} bytes`]);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new LogsourcesError([`${file} is not JSON`]);
  }
}
