import { load, YAMLException } from 'js-yaml';

/** One document of a YAML file. */
export interface YamlDocument {
  /** Line of the file that it begins in, from 1. */
  readonly line: number;
  readonly value: unknown;
}

/** A document that is not YAML, and why. */
export interface UnreadDocument {
  readonly line: number;
  readonly reason: string;
}

const MARKER = /^(?:---|\.\.\.)(?:[ \t].*)?$/;
const EMPTY = /^[ \t]*(?:[#%].*)?$/;
const MAX_DEPTH = 32;
const MAX_ALIASES = 50;
const MAX_DOCUMENTS = 1_000;

/**
 * Takes a file apart into its documents. Each is read by itself, so that one that is not YAML does not keep the others from being read.
 * Empty ones are left out. @throws RangeError beyond 1,000 documents.
 */
export function readYamlDocuments(text: string): readonly (YamlDocument | UnreadDocument)[] {
  const parts = splitDocuments(text);
  if (parts.length > MAX_DOCUMENTS) throw new RangeError(`more than ${MAX_DOCUMENTS} documents in a file`);
  return parts.flatMap(({ line, lines }) => readOne(line, lines.join('\n')));
}

interface Part {
  readonly line: number;
  readonly lines: string[];
}

/** A marker at the beginning of a line ends a document wherever it stands (YAML 1.2.2, 9.1.2), so files can be taken apart by lines. */
function splitDocuments(text: string): readonly Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  let start = 1;
  const end = (): void => {
    const first = lines.findIndex((line) => !EMPTY.test(line));
    if (first >= 0) parts.push({ line: start + first, lines: lines.slice(first) });
  };
  for (const [at, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (!MARKER.test(line)) {
      lines.push(line);
      continue;
    }
    end();
    lines = [line.startsWith('---') ? `   ${line.slice(3)}` : ''];
    start = at + 1;
  }
  end();
  return parts;
}

function readOne(line: number, text: string): (YamlDocument | UnreadDocument)[] {
  try {
    const value = load(text, { maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES }) as unknown;
    return value === null || value === undefined ? [] : [{ line, value }];
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return [{ line: line + (error.mark?.line ?? 0), reason: `not YAML: ${error.reason}` }];
  }
}
