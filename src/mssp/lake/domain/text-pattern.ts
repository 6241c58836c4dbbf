/** No character above it has a case. */
const LAST_CASED = 0x1_ffff;
const CAPITAL_SIGMA = 0x3a3;
const FINAL_SIGMA = 0x3c2;
/** The second half of `İ` in lower case: it may stand for nothing of its own. */
const DOT_ABOVE = 0x307;
const MOST_CHARACTERS = 200;

let originals: ReadonlyMap<number, readonly number[]> | undefined;

/**
 * A pattern of RE2 for texts whose lower case holds that of `sought`, both by JavaScript's rules (`K` the unit is a `k`, `İ` an `i` with a dot, `Σ` at the
 * end of a word is `ς`). It may match others, and never misses one: of long texts the beginning is looked for.
 */
export function textPattern(sought: string): string {
  const known = (originals ??= originalsOfCases());
  const characters = [...sought.toLowerCase()].slice(0, MOST_CHARACTERS);
  return `(?s)${characters.map((character) => patternOf(character.codePointAt(0) ?? 0, known)).join('')}`;
}

function patternOf(code: number, known: ReadonlyMap<number, readonly number[]>): string {
  // Half a character is found in whole ones.
  if (code >= 0xd800 && code <= 0xdfff) return '.';
  const all = [code, ...(known.get(code) ?? [])].map((each) => `\\x{${each.toString(16)}}`);
  return `${all.length > 1 ? `[${all.join('')}]` : all.join('')}${code === DOT_ABOVE ? '?' : ''}`;
}

/** The other characters that each character of lower case may come from. */
function originalsOfCases(): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>([[FINAL_SIGMA, [CAPITAL_SIGMA]]]);
  for (let code = 0; code <= LAST_CASED; code += 1) {
    const character = String.fromCodePoint(code);
    const lower = character.toLowerCase();
    if (lower === character) continue;
    for (const part of lower) found.set(part.codePointAt(0) ?? 0, [...(found.get(part.codePointAt(0) ?? 0) ?? []), code]);
  }
  return found;
}
