import { StixPatternError } from './stix-pattern-error.js';

/** One word of a pattern. `at` is where it starts, in UTF-16 units. */
export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'hex' | 'base64' | 'time' | 'sign';
  /** As it is written; of texts what is between the quotes, with its escapes read. */
  readonly text: string;
  readonly at: number;
}

const MAX_PATTERN = 64 * 1024;
const WORD =
  /(\s+|\/\/[^\r\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/)|([htb])'([^'\\]*)'|'((?:[^'\\]|\\['\\])*)'|([+-]?(?:\d*\.\d+|\d+)(?![\w.]))|([A-Za-z_][\w-]*)|(==|!=|<>|<=|>=|[[\]()=<>,.:*])/y;
const QUOTED: Readonly<Record<string, Token['kind']>> = { h: 'hex', b: 'base64', t: 'time' };
const SAME: Readonly<Record<string, string>> = { '==': '=', '<>': '!=' };

/**
 * Splits a pattern of at most 64 Ki UTF-16 units into words, spaces and comments left out.
 * @throws StixPatternError
 */
export function tokensOf(pattern: string): Token[] {
  if (pattern.length > MAX_PATTERN) throw new StixPatternError(`the pattern is longer than ${MAX_PATTERN} characters`);
  const tokens: Token[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < pattern.length) {
    const at = WORD.lastIndex;
    const match = WORD.exec(pattern);
    if (match === null) throw new StixPatternError(`not a STIX pattern at character ${at + 1}`);
    if (match[1] === undefined) tokens.push(tokenOf(match, at));
  }
  return tokens;
}

function tokenOf([, , prefix, quoted, text, number, name, sign]: RegExpExecArray, at: number): Token {
  if (prefix !== undefined) return { kind: QUOTED[prefix] ?? 'text', text: quoted ?? '', at };
  if (text !== undefined) return { kind: 'text', text: text.replaceAll(/\\(['\\])/g, '$1'), at };
  if (number !== undefined) return { kind: 'number', text: number, at };
  if (name !== undefined) return { kind: 'name', text: name, at };
  return { kind: 'sign', text: SAME[sign ?? ''] ?? sign ?? '', at };
}
