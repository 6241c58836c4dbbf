const MIN_LENGTH = 2;
const CLASS_ESCAPES = /[a-zA-Z0-9]/;
/** Escapes that take more than one character with them; a pattern that has one is not read. */
const LONG_ESCAPES = /\\[xupPckNQoEg0-9]/;
/** Classes that end elsewhere for RE2 than for the language's own engine: with a named class in them, or with a bracket first. */
const UNCLEAR_CLASSES = /(?<!\\)\[(?:\^?\]|:)/;

/**
 * Texts (lower-cased ASCII) of which every text that a regular expression matches contains at least one when lower-cased: the longest
 * certain run of plain characters of each top-level alternative. Empty when an alternative has no such run. The reading is
 * conservative: what stands in groups or classes, or may be left out, is not counted.
 */
export function literalsOf(source: string): string[] {
  const escapes = source.replaceAll('\\\\', '--');
  if (LONG_ESCAPES.test(escapes) || UNCLEAR_CLASSES.test(escapes)) return [];
  const literals: string[] = [];
  for (const alternative of splitAlternatives(source)) {
    const longest = longestRun(alternative);
    if (longest.length < MIN_LENGTH) return [];
    literals.push(longest.toLowerCase());
  }
  return literals;
}

function splitAlternatives(source: string): string[] {
  const alternatives: string[] = [];
  let start = 0;
  for (let i = 0; i < source.length; i = skipAtom(source, i)) {
    if (source.charAt(i) !== '|') continue;
    alternatives.push(source.slice(start, i));
    start = i + 1;
  }
  alternatives.push(source.slice(start));
  return alternatives;
}

function longestRun(source: string): string {
  let longest = '';
  let run = '';
  const close = (): void => {
    if (run.length > longest.length) longest = run;
    run = '';
  };
  for (let i = 0; i < source.length;) {
    const next = skipAtom(source, i);
    const char = plainCharacter(source, i, next);
    const quantifier = readQuantifier(source, next);
    if (char === undefined) {
      close();
    } else if (quantifier.length === 0) {
      run += char;
    } else {
      if (quantifier.atLeastOne) run += char;
      close();
    }
    i = next + quantifier.length;
  }
  close();
  return longest;
}

/** The character that an atom stands for, if it is exactly one printable ASCII character. */
function plainCharacter(source: string, start: number, end: number): string | undefined {
  const char = source.charAt(start);
  const escaped = char === '\\';
  const plain = escaped ? source.charAt(start + 1) : char;
  if (end - start !== (escaped ? 2 : 1) || plain < ' ' || plain > '~') return undefined;
  const special = escaped ? CLASS_ESCAPES.test(plain) : '.^$|()[]{}*+?'.includes(plain);
  return special ? undefined : plain;
}

/** Index after the atom (character, escape, class or group) that starts at `i`. */
function skipAtom(source: string, i: number): number {
  const char = source.charAt(i);
  if (char === '\\') return i + 2;
  if (char === '[') return skipClass(source, i);
  if (char !== '(') return i + 1;
  let at = i + 1;
  while (at < source.length && source.charAt(at) !== ')') at = skipAtom(source, at);
  return at + 1;
}

function skipClass(source: string, i: number): number {
  let at = i + 1;
  while (at < source.length && source.charAt(at) !== ']') at += source.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function readQuantifier(source: string, at: number): { length: number; atLeastOne: boolean } {
  const match = /^(?:[*+?]|\{\d*(?:,\d*)?\})[?+]?/.exec(source.slice(at, at + 16));
  if (match === null) return { length: 0, atLeastOne: true };
  const [text] = match;
  return { length: text.length, atLeastOne: text.startsWith('+') || /^\{0*[1-9]/.test(text) };
}
