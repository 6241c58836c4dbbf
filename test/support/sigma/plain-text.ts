/** A character, `any` run of characters (`*`), or exactly `one` (`?`). */
export type PlainToken = { readonly char: string } | 'any' | 'one';

const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];

/** Lower case character by character, lengths kept; the Kelvin sign stays. */
export function plainFold(text: string): string {
  return [...text].map((char) => (char === '\u212A' || char.toLowerCase().length !== char.length ? char : char.toLowerCase())).join('');
}

/** Tells whether a whole text has the form of the tokens: every way to place the wildcards is tried. */
export function plainGlob(tokens: readonly PlainToken[], text: string, cased: boolean): boolean {
  const shape = (written: string): string => (cased ? written : plainFold(written));
  const folded = shape(text);
  let ends = new Set([0]);
  for (const token of tokens) {
    const after = new Set<number>();
    for (const at of ends) {
      if (token === 'any') for (let end = at; end <= folded.length; end++) after.add(end);
      else if (at < folded.length && (token === 'one' || shape(token.char) === folded.charAt(at))) after.add(at + 1);
    }
    ends = after;
  }
  return ends.has(folded.length);
}

/** Every way to write the dashes that begin an option. */
export function plainWindash(glob: string): string[] {
  const found = /\B[-/\u2013-\u2015]\b/.exec(glob);
  if (found === null) return [glob];
  const rests = plainWindash(glob.slice(found.index + 1));
  return DASHES.flatMap((dash) => rests.map((rest) => `${glob.slice(0, found.index)}${dash}${rest}`));
}

/** The texts with wildcards that a written value stands for under the encodings among the modifiers. */
export function plainEncodings(glob: string, modifiers: readonly string[]): PlainToken[][] {
  const tokens = plainTokens(glob);
  const wide = modifiers.find((name) => WIDE[name] !== undefined) ?? '';
  const base64 = modifiers.includes('base64');
  if (!base64 && !modifiers.includes('base64offset')) return [wide === '' ? tokens : widened(tokens, wide)];
  const text = tokens.map((token) => (typeof token === 'object' ? token.char : '')).join('');
  const bytes = WIDE[wide]?.(text) ?? Buffer.from(text);
  if (base64) return [charsOf(bytes.toString('base64'))];
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const spoiled = Math.ceil((shift * 8) / 6);
    const whole = Math.floor(((shift + bytes.length) * 8) / 6);
    return charsOf(encoded.slice(spoiled, whole));
  });
}

const WIDE: Readonly<Record<string, (text: string) => Buffer>> = {
  wide: (text) => Buffer.from(text, 'utf16le'),
  utf16le: (text) => Buffer.from(text, 'utf16le'),
  utf16be: (text) => Buffer.from(text, 'utf16le').swap16(),
  utf16: (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
};

/** UTF-16 without base64 is looked for as it shows in text that was read byte by byte; the mark comes once, at the beginning. */
function widened(tokens: readonly PlainToken[], wide: string): PlainToken[] {
  const encode = wide === 'utf16' ? WIDE['wide'] : WIDE[wide];
  const mark = wide === 'utf16' ? charsOf('\u00FF\u00FE') : [];
  return [
    ...mark,
    ...tokens.flatMap((token) => (typeof token === 'object' ? charsOf(encode?.(token.char).toString('latin1') ?? '') : [token])),
  ];
}

function plainTokens(glob: string): PlainToken[] {
  return (glob.match(/\\[*?\\]|[\s\S]/g) ?? []).map((part): PlainToken => {
    if (part === '*') return 'any';
    return part === '?' ? 'one' : { char: part.length === 2 ? part.charAt(1) : part };
  });
}

function charsOf(text: string): PlainToken[] {
  return text.split('').map((char) => ({ char }));
}
