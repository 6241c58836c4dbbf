import { editDistance } from '../../edit-distance.js';

const LONGEST = 64;
const MOST_EDITS = 3;
/** One letter in four may be wrong. */
const LETTERS_AN_EDIT = 4;

/** Names of fields, as rules find them. */
export interface FieldNames {
  readonly names?: readonly string[];
  /** Names that a number follows. */
  readonly numbered?: readonly string[];
  /** Objects in which anything may be; those that may be asked for themselves are among the names. */
  readonly open?: readonly string[];
  /** `category …` and `service …` whose names these events have too. */
  readonly like?: readonly string[];
}

/** The names that the fields of a log source's events have. */
export class KnownFields {
  private readonly names: ReadonlySet<string>;
  private readonly numbered: ReadonlySet<string>;
  private readonly open: ReadonlySet<string>;

  constructor(lists: readonly FieldNames[]) {
    this.names = new Set(lists.flatMap(({ names = [] }) => names));
    this.numbered = new Set(lists.flatMap(({ numbered = [] }) => numbered));
    this.open = new Set(lists.flatMap(({ open = [] }) => open));
  }

  /** Tells whether events have a field of this name, in this case. */
  has(name: string): boolean {
    return this.names.has(name) || this.isNumbered(name) || this.isOpen(name);
  }

  /** The known name that is most like one that is not known; `undefined` where none is. */
  nearest(name: string): string | undefined {
    if (name.length > LONGEST) return undefined;
    let best: Candidate | undefined;
    for (const known of this.names) best = nearer(best, name, known);
    for (const open of this.open) {
      const end = endOfParts(name, partsOf(open));
      if (end !== -1) best = nearer(best, name.slice(0, end), open, name.slice(end));
    }
    return best?.known;
  }

  private isNumbered(name: string): boolean {
    let end = name.length;
    while (end > 0 && isDigit(name.charCodeAt(end - 1))) end -= 1;
    return end < name.length && this.numbered.has(name.slice(0, end));
  }

  private isOpen(name: string): boolean {
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) if (this.open.has(name.slice(0, dot))) return true;
    return false;
  }
}

/** A known name, and how far the name is from it: first in whatever case, then letter by letter. */
interface Candidate {
  readonly known: string;
  readonly folded: number;
  readonly exact: number;
}

function nearer(best: Candidate | undefined, name: string, known: string, rest = ''): Candidate | undefined {
  const allowed = Math.min(MOST_EDITS, Math.max(1, Math.floor(name.length / LETTERS_AN_EDIT)), best?.folded ?? MOST_EDITS);
  const folded = editDistance(name.toLowerCase(), known.toLowerCase(), allowed);
  if (folded > allowed) return best;
  const exact = editDistance(name, known, LONGEST);
  return best !== undefined && folded === best.folded && exact >= best.exact ? best : { known: known + rest, folded, exact };
}

function partsOf(name: string): number {
  return name.split('.').length;
}

/** Where the dot is behind so many parts of a name, -1 where it has no more. */
function endOfParts(name: string, parts: number): number {
  let dot = -1;
  for (let left = parts; left > 0; left -= 1) {
    dot = name.indexOf('.', dot + 1);
    if (dot === -1) return -1;
  }
  return dot;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
