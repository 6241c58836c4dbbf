/** Any run of characters, `*` in a rule. */
export const ANY = Symbol('*');
/** Exactly one character, `?` in a rule. */
export const ONE = Symbol('?');

export type TextPart = string | typeof ANY | typeof ONE;

/**
 * Reads a Sigma string value: `*` and `?` are wildcards, a backslash before `*`, `?` or `\` takes the character as it is,
 * any other backslash stands for itself (Sigma specification 2.1, "Escaping").
 */
export function parseText(value: string): TextPart[] {
  const parts: TextPart[] = [];
  let plain = '';
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i);
    if (char === '\\' && isEscapable(value.charAt(i + 1))) {
      plain += value.charAt(++i);
    } else if (char === '*' || char === '?') {
      if (plain !== '') parts.push(plain);
      plain = '';
      parts.push(char === '*' ? ANY : ONE);
    } else {
      plain += char;
    }
  }
  if (plain !== '') parts.push(plain);
  return parts;
}

/** Applies a function to the text between wildcards. */
export function mapPlain(parts: readonly TextPart[], change: (plain: string) => string): TextPart[] {
  return parts.map((part) => (typeof part === 'string' ? change(part) : part));
}

/** True where there is no wildcard. */
export function isPlain(parts: readonly TextPart[]): boolean {
  return parts.every((part) => typeof part === 'string');
}

/** The text of parts without wildcards. */
export function plainText(parts: readonly TextPart[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : '')).join('');
}

/** Wraps in `*` on the asked sides; a side that has one already stays as it is. */
export function withWildcards(parts: readonly TextPart[], before: boolean, after: boolean): TextPart[] {
  const wrapped = [...parts];
  if (before && wrapped[0] !== ANY) wrapped.unshift(ANY);
  if (after && wrapped.at(-1) !== ANY) wrapped.push(ANY);
  return wrapped;
}

/**
 * Tells whether a whole text has the form of the parts. Time is at most proportional to text length times the longest part;
 * there is no backtracking over more than one `*`.
 */
export function matchesParts(parts: readonly TextPart[], text: string): boolean {
  const segments = splitAtAny(parts);
  const first = segments[0] ?? [];
  if (segments.length === 1) return lengthOf(first) === text.length && matchesAt(first, text, 0);
  if (!matchesAt(first, text, 0)) return false;
  let position = lengthOf(first);
  for (let i = 1; i < segments.length - 1; i++) {
    const segment = segments[i] ?? [];
    position = find(segment, text, position);
    if (position < 0) return false;
    position += lengthOf(segment);
  }
  const last = segments.at(-1) ?? [];
  const start = text.length - lengthOf(last);
  return start >= position && matchesAt(last, text, start);
}

function isEscapable(char: string): boolean {
  return char === '*' || char === '?' || char === '\\';
}

function splitAtAny(parts: readonly TextPart[]): TextPart[][] {
  const segments: TextPart[][] = [[]];
  for (const part of parts) {
    if (part === ANY) segments.push([]);
    else segments.at(-1)?.push(part);
  }
  return segments;
}

function lengthOf(segment: readonly TextPart[]): number {
  return segment.reduce((length, part) => length + (typeof part === 'string' ? part.length : 1), 0);
}

function matchesAt(segment: readonly TextPart[], text: string, start: number): boolean {
  let position = start;
  for (const part of segment) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, position)) return false;
      position += part.length;
    } else {
      if (position >= text.length) return false;
      position++;
    }
  }
  return true;
}

function find(segment: readonly TextPart[], text: string, from: number): number {
  const [head] = segment;
  const last = text.length - lengthOf(segment);
  for (let at = from; at <= last; at++) {
    if (typeof head === 'string') {
      at = text.indexOf(head, at);
      if (at < 0 || at > last) return -1;
    }
    if (matchesAt(segment, text, at)) return at;
  }
  return -1;
}
