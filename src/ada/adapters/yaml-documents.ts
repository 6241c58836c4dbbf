import { YAMLException, constructFromEvents, parseEvents } from 'js-yaml';
import type { DocumentPath } from '../domain/sigma/sigma-error.js';
import { lineOf } from './yaml-lines.js';

/** One document of a YAML file. */
export interface YamlDocument {
  readonly value: unknown;
  /** As it was written. */
  readonly text: string;
  /** Line of the file, from 1, where a part of the document stands, or else the part next above it. */
  readonly lineOf: (part: DocumentPath) => number;
}

/** A document that is not YAML, and why. */
export interface UnreadDocument {
  /** Line of the file, from 1. */
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

function readOne(line: number, source: string): (YamlDocument | UnreadDocument)[] {
  try {
    const events = parseEvents(source, { maxDepth: MAX_DEPTH });
    const [value] = constructFromEvents(events, { source, maxAliases: MAX_ALIASES });
    if (value === null || value === undefined) return [];
    return [{ value, text: source, lineOf: (part) => line - 1 + lineOf({ source, events }, part) }];
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return [{ line: line + (error.mark?.line ?? 0), reason: `not YAML: ${error.reason}` }];
  }
}
