/** A row of docs/readiness.md: what is asked, how far it is proved, and by which tests. */
export interface ReadinessRow {
  /** `R14`, `P03`, `TEN-02`. */
  readonly id: string;
  readonly what: string;
  /** `done`, `partly` or `open`. */
  readonly state: string;
  /** Test files, from the project's root. */
  readonly files: readonly string[];
}

/** Answers the text of a file of the project; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

const ROW = /^\| ([A-Z]{1,4}-?\d\d) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm;
const SKIPPED = /\b(?:(?:it|test|describe)\.(?:skip|todo)|xit|xtest|xdescribe)\b/;

/** The rows of the document, in its order. */
export function readRows(document: string): readonly ReadinessRow[] {
  return [...document.matchAll(ROW)].map(([, id = '', what = '', state = '', proof = '']) => ({
    id,
    what: what.trim(),
    state: state.trim(),
    files: [...proof.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  }));
}

/** What is wrong with a row by itself: each file that it names must be there and have a test with the row's id in its title, which is not skipped. */
export function faultsOfRow({ id, state, files }: ReadinessRow, read: ReadFile): readonly string[] {
  if (state === 'open') return files.length === 0 ? [] : [`${id} is open and names a proof`];
  if (state !== 'done' && state !== 'partly') return [`${id}: the state is done, partly or open, not "${state}"`];
  if (files.length === 0) return [`${id} is ${state} and names no test`];
  return files.flatMap((file) => {
    const text = read(file);
    if (text === undefined) return [`${id} points at ${file}, which does not exist`];
    return hasTest(text, id) ? [] : [`${id} points at ${file}, which has no test of that id`];
  });
}

/** Titles are texts in quotes; an id is a word of one, or what one begins with before a hyphen. */
function hasTest(text: string, id: string): boolean {
  const isNamed = (part: string): boolean => part.split(/[^\w-]+/).some((word) => word === id || word.startsWith(`${id}-`));
  return text.split('\n').some((line) => !SKIPPED.test(line) && line.split(/['"`]/).slice(1).some(isNamed));
}

/** Whether a file has a test that runs. */
export function hasAnyTest(text: string): boolean {
  return text.split('\n').some((line) => /^\s*it(?:\.each)?\(/.test(line) && !SKIPPED.test(line));
}
